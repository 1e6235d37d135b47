import { Body, Controller, Get, HttpException, Logger, Post, Res } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Response } from 'express';
import request from 'supertest';
import { answerTo } from '../../test/support/answer.js';
import { ProblemError } from './problem.js';
import { ProblemFilter } from './problem.filter.js';

const CANARY = 'canary-5f2c';
const DISK = `/srv/${CANARY}/backups/db.sql`;

@Controller('things')
class ThingsController {
  @Get('ours/:id')
  ours(): never {
    throw new ProblemError({
      status: 409,
      code: 'busy',
      title: 'In use',
      detail: 'Try again in a moment.',
      headers: { 'Retry-After': '2' },
      extensions: { waiting: 3 },
    });
  }

  @Get('broken/:id')
  broken(): never {
    const system = Object.assign(new Error(`ENOENT: no such file, open '${DISK}'`), {
      code: 'ENOENT',
      syscall: 'open',
      path: DISK,
    });
    throw new Error(`cannot fetch https://store.example/x?token=${CANARY} into ${DISK}`, { cause: system });
  }

  @Get('unavailable')
  unavailable(): never {
    throw new ProblemError({
      status: 503,
      code: 'store-unavailable',
      title: 'Not now',
      detail: 'Try again in a moment.',
      logLevel: 'warn',
      cause: new Error(CANARY),
    });
  }

  @Get('framework')
  framework(): never {
    throw new HttpException({ secret: CANARY }, 418);
  }

  @Get('thrown')
  thrown(): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever a library throws is answered
    throw CANARY;
  }

  @Get('late')
  late(@Res() response: Response): never {
    response.writeHead(200, { 'Content-Length': '100' });
    response.write('half a ');
    throw new Error('too late');
  }

  @Post()
  create(@Body() body: unknown): unknown {
    return body;
  }
}

describe('ProblemFilter', () => {
  let app: NestExpressApplication;
  const logged: string[] = [];

  beforeAll(async () => {
    const module = await Test.createTestingModule({ controllers: [ThingsController] }).compile();
    app = module.createNestApplication<NestExpressApplication>({ logger: false });
    app.useBodyParser('json', { limit: '1kb' });
    app.useGlobalFilters(new ProblemFilter());
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  beforeEach(() => {
    logged.length = 0;
    for (const level of ['debug', 'warn', 'error', 'log'] as const)
      jest.spyOn(Logger.prototype, level).mockImplementation((...parts: unknown[]) => {
        logged.push(`${level}: ${parts.map(String).join(' ')}`);
      });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const get = (path: string) => request(app.getHttpServer()).get(path);

  it('answers a problem as RFC 9457 says, with its headers and extensions', async () => {
    const { body, headers } = await answerTo(get(`/things/ours/1?token=${CANARY}`).expect(409));
    expect(headers['content-type']).toMatch(/^application\/problem\+json\b/);
    expect(headers['retry-after']).toBe('2');
    expect(body).toEqual({
      type: 'urn:drawbridge:problem:busy',
      title: 'In use',
      status: 409,
      detail: 'Try again in a moment.',
      code: 'busy',
      waiting: 3,
      success: false,
      error: 'Try again in a moment.',
    });
  });

  it('hides everything about an unexpected error but an instance that the log has too', async () => {
    const { body, text } = await answerTo(get(`/things/broken/${CANARY}?token=${CANARY}`).expect(500));
    const { instance } = body as { instance: string };
    expect(instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(body).toEqual({
      type: 'urn:drawbridge:problem:internal',
      title: 'Internal error',
      status: 500,
      detail: 'Something went wrong on the server. Its log has the details under the given instance.',
      code: 'internal',
      success: false,
      error: 'Something went wrong on the server. Its log has the details under the given instance.',
      instance,
    });
    expect(text).not.toContain(CANARY);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(`error: GET /things/broken/:id 500 internal ${instance}`);
  });

  it('logs where it happened, and neither a URL nor a path of the disk', async () => {
    await get(`/things/broken/${CANARY}?token=${CANARY}`);
    expect(logged.join()).toContain('ENOENT');
    expect(logged.join()).toContain('common/problem.filter.spec.ts');
    expect(logged.join()).not.toContain(CANARY);
    expect(logged.join()).not.toContain('/srv');
    expect(logged.join()).not.toContain(process.cwd());
  });

  it('logs a refusal by its route alone, an unknown route by nothing', async () => {
    await get(`/things/ours/${CANARY}?token=${CANARY}`);
    await get(`/${CANARY}?token=${CANARY}`).expect(404);
    expect(logged[0]).toMatch(/^debug: GET \/things\/ours\/:id 409 busy urn:uuid:/);
    expect(logged[1]).toMatch(/^debug: GET \(no route\) 404 not-found urn:uuid:/);
    expect(logged.join()).not.toContain(CANARY);
  });

  it('logs at the level that the problem fixes', async () => {
    await get('/things/unavailable').expect(503);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^warn: GET \/things\/unavailable 503 store-unavailable urn:uuid:/);
    expect(logged[0]).not.toContain(CANARY);
  });

  it.each([
    ['an unknown route', '/nowhere', 404, 'not-found'],
    ['an error of the framework', '/things/framework', 418, 'bad-request'],
    ['a thrown string', '/things/thrown', 500, 'internal'],
    ['a URL that cannot be decoded', '/things/ours/%ff', 400, 'bad-request'],
  ])('has the same shape for %s', async (_, path, status, code) => {
    const { body, text } = await answerTo(get(path).expect(status));
    expect(body).toMatchObject({ type: `urn:drawbridge:problem:${code}`, status, code, success: false });
    expect(text).not.toContain(CANARY);
    expect(logged.join()).not.toContain(CANARY);
  });

  it.each([
    ['broken JSON', `{"key": ${CANARY}`, 400, 'bad-request'],
    ['a body that is too large', JSON.stringify({ key: CANARY.repeat(200) }), 413, 'too-large'],
  ])('does not repeat %s', async (_, sent, status, code) => {
    const { body, text } = await answerTo(
      request(app.getHttpServer())
        .post('/things')
        .set('Content-Type', 'application/json')
        .send(sent)
        .expect(status),
    );
    expect(body).toMatchObject({ status, code, success: false });
    expect(text).not.toContain(CANARY);
    expect(logged.join()).not.toContain(CANARY);
  });

  it('cuts the connection when the answer has begun', async () => {
    const response = await fetch(`${await app.getUrl()}/things/late`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });
});
