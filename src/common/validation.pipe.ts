import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { badRequest } from './problem.js';

/** Checks every body and query against its DTO; unknown fields are refused. Names fields, never repeats values. */
export const createValidationPipe = () =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => {
      const problems = flatten(errors);
      return badRequest(problems.map((p) => p.message).join('; '), { errors: problems });
    },
  });

interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

function flatten(errors: readonly ValidationError[], path = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const field = path === '' ? error.property : `${path}.${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
    return [...own, ...flatten(error.children ?? [], field)];
  });
}
