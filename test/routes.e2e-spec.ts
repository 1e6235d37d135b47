import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ALL_PERMISSIONS } from '../src/common/permissions.js';
import { Public } from '../src/common/public.decorator.js';
import { Drawbridge } from './support/drawbridge.js';
import { expressRoutes, handlerRoutes, nameOf, type HandlerRoute } from './support/routes.js';

/** Those that answer anybody; whoever adds one here has thought about it. */
const PUBLIC = [
  'GET /api/storage/public-download',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'HEAD /api/storage/public-download',
  'POST /api/storage/public-download',
  'POST /api/storage/public-download/confirm',
];
/** The API's description; served beside the controllers, so no guard stands before it. */
const DESCRIPTION = /^\/(api\/docs|api\/openapi\.json)/;

const undeclared = (routes: readonly HandlerRoute[]) =>
  routes
    .filter(({ isPublic, permissions }) => !isPublic && !permissions?.length)
    .map(({ handler }) => handler);

describe('every route', () => {
  let drawbridge: Drawbridge;
  let routes: HandlerRoute[];
  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
    routes = handlerRoutes(drawbridge.app);
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  it('declares whom it answers', () => {
    expect(routes.length).toBeGreaterThan(15);
    expect(undeclared(routes)).toEqual([]);
    for (const { permissions = [] } of routes)
      for (const permission of permissions) expect(ALL_PERMISSIONS).toContain(permission);
  });

  it('would be found if it declared nothing', async () => {
    @Controller('forgotten')
    class ForgottenController {
      @Get('open')
      open(): string {
        return 'nobody said who may read this';
      }

      @Public()
      @Get('declared')
      declared(): string {
        return 'everybody may';
      }
    }
    const testing = await Test.createTestingModule({ controllers: [ForgottenController] }).compile();
    expect(undeclared(handlerRoutes(testing.createNestApplication({ logger: false })))).toEqual([
      'ForgottenController.open',
    ]);
  });

  it('is public only where that was meant', () => {
    const open = routes.filter(({ isPublic, permissions }) => isPublic && !permissions);
    expect(open.map(nameOf).sort()).toEqual(PUBLIC);
  });

  it('has a controller, and so a guard, but for the description of the API', () => {
    const guarded = new Set(routes.map(nameOf));
    const others = expressRoutes(drawbridge.app).filter((route) => !guarded.has(nameOf(route)));
    expect(others.filter(({ path }) => !DESCRIPTION.test(path))).toEqual([]);
    expect(expressRoutes(drawbridge.app).length).toBeGreaterThanOrEqual(guarded.size);
  });

  it.each([
    ['without a key', {}],
    ['with a wrong key', { Authorization: `Bearer ${'x'.repeat(40)}` }],
    ['with a wrong key in X-API-Key', { 'X-API-Key': 'x'.repeat(40) }],
    ['with another scheme', { Authorization: 'Basic YWRtaW46YWRtaW4=' }],
  ])('answers 401 %s, unless it is public', async (_, headers) => {
    for (const { method, path } of routes.filter(({ isPublic }) => !isPublic)) {
      const url = drawbridge.url + path.replace(/:\w+/g, 'x');
      const response = await fetch(url, { method, headers: { ...headers } });
      const body: unknown = await response.json();
      expect([method, path, response.status]).toEqual([method, path, 401]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="drawbridge"');
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(body).toMatchObject({ type: 'urn:drawbridge:problem:unauthenticated', success: false });
    }
  });
});
