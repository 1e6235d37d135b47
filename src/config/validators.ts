import { isIP } from 'node:net';
import { ValidateBy, type ValidationOptions } from 'class-validator';

function isCidr(entry: string): boolean {
  const [address = '', prefix, ...rest] = entry.trim().split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** A comma list of addresses, each with or without a prefix length. */
export const IsCidrList = (options: ValidationOptions) =>
  ValidateBy(
    {
      name: 'isCidrList',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value.split(',').every(isCidr),
      },
    },
    options,
  );

/** A `postgres://` or `postgresql://` URL with a host. */
export const IsDatabaseUrl = (options: ValidationOptions) =>
  ValidateBy(
    {
      name: 'isDatabaseUrl',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && /^postgres(ql)?:\/\//.test(value) && URL.canParse(value),
      },
    },
    options,
  );
