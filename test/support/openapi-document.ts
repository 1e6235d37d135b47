import { readFileSync } from 'node:fs';
import type { OpenAPIObject } from '@nestjs/swagger';

/** The parts of the OpenAPI document that tests look at. */
export interface Example {
  readonly value: { readonly type: string; readonly code: string; readonly status: number };
}
export interface Content {
  readonly schema?: unknown;
  readonly examples?: Readonly<Record<string, Example>>;
}
export interface Operation {
  readonly security?: readonly Record<string, unknown>[];
  readonly parameters?: readonly { readonly required?: boolean; readonly schema: { default?: unknown } }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}
export interface Schema {
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The document as it is checked in. */
export const apiDocument = JSON.parse(
  readFileSync(new URL('../../swagger/openapi.json', import.meta.url), 'utf8'),
) as OpenAPIObject;

/** Its operations by their names, such as `GET /api/storage/{id}`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(apiDocument.paths).flatMap(([path, item]) =>
    Object.entries(item).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation as Operation] as const,
    ),
  ),
);

export const schemas = apiDocument.components?.schemas as Readonly<Record<string, Schema>>;
