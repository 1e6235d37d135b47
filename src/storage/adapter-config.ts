import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { badRequest } from '../common/problem.js';
import type { AdapterKind } from './adapter-kind.js';
import { secretFieldsOf } from './secret.decorator.js';

export type ConfigFields = Readonly<Record<string, unknown>>;

/**
 * A config as its kind's class. Unknown fields are refused; answers name fields and never repeat values.
 * @throws ProblemError 400
 */
export async function parseConfig(kind: AdapterKind, fields: ConfigFields): Promise<object> {
  const config = plainToInstance(kind.configClass, fields);
  const failures = await validate(config, { whitelist: true, forbidNonWhitelisted: true });
  if (failures.length === 0) return config;
  const errors = failures.map(({ property, constraints }) => ({
    field: `config.${property}`,
    message: Object.entries(constraints ?? {})
      .map(([rule, text]) =>
        rule === 'whitelistValidation'
          ? `config.${property} is not a field of adapter "${kind.kind}"`
          : `config.${text}`,
      )
      .join(' and '),
  }));
  throw badRequest(errors.map((error) => error.message).join('; '), { errors });
}

/** The two halves of a config: what may be shown, and what is sealed. */
export function splitSecrets(kind: AdapterKind, fields: ConfigFields) {
  const secretNames = secretFieldsOf(kind.configClass);
  const entries = Object.entries(fields);
  return {
    shown: Object.fromEntries(entries.filter(([name]) => !secretNames.includes(name))),
    secrets: Object.fromEntries(entries.filter(([name]) => secretNames.includes(name))),
  };
}

/** A config with changes: fields that are not named stay, null takes one away (as in RFC 7396). */
export function mergeConfig(fields: ConfigFields, changes: ConfigFields): ConfigFields {
  return Object.fromEntries(Object.entries({ ...fields, ...changes }).filter(([, value]) => value !== null));
}
