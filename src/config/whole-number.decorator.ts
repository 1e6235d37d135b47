import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

export const MIB = 1024 * 1024;

/** Digits become the number they write, all else NaN, which every check refuses; empty is unset. */
export const integer = () =>
  Transform(({ value }: { value: unknown }) => {
    if (value === undefined || value === '') return undefined;
    return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  });

/** An optional variable that takes a whole number from `min` to `max`. */
export function wholeNumber(name: string, unit: string, min: number, max: number) {
  const message = `${name} takes ${unit}, ${min} to ${max}`;
  return applyDecorators(
    IsOptional(),
    integer(),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
  );
}
