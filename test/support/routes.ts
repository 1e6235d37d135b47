import { RequestMethod, type INestApplication } from '@nestjs/common';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { IS_PUBLIC } from '../../src/common/public.decorator.js';
import { REQUIRED_PERMISSIONS } from '../../src/common/require-permissions.decorator.js';

export interface Route {
  /** Upper case. */
  readonly method: string;
  /** With `:name` for parameters. */
  readonly path: string;
}

/** A handler of a controller, and whom it says it answers. */
export interface HandlerRoute extends Route {
  readonly handler: string;
  readonly isPublic: boolean;
  readonly permissions: readonly string[] | undefined;
}

/** What Nest writes on handlers and controllers. */
const PATH = 'path';
const METHOD = 'method';

/** Every handler of every controller in the container. */
export function handlerRoutes(app: INestApplication): HandlerRoute[] {
  const reflector = new Reflector();
  const scanner = new MetadataScanner();
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return [...new Set(controllers.map(({ metatype }) => metatype))].flatMap((type) => {
    if (typeof type !== 'function') return [];
    const prototype = type.prototype as Record<string, () => unknown>;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      const method = reflector.get<RequestMethod | undefined>(METHOD, handler);
      if (method === undefined) return [];
      const segments = [reflector.get<string>(PATH, type), reflector.get<string>(PATH, handler)];
      const path = segments.join('/').split('/').filter(Boolean).join('/');
      return {
        method: RequestMethod[method],
        path: `/${path}`,
        handler: `${type.name}.${name}`,
        isPublic: reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, [handler, type]) === true,
        permissions: reflector.getAllAndOverride<string[] | undefined>(REQUIRED_PERMISSIONS, [handler, type]),
      };
    });
  });
}

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Every route that Express knows, also those that no controller stands behind and so no guard in front. */
export function expressRoutes(app: INestApplication): Route[] {
  const express = app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } };
  return express.router.stack.flatMap(({ route }) =>
    route
      ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
      : [],
  );
}

export const nameOf = ({ method, path }: Route) => `${method} ${path}`;
