import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { Global, Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { CLOCK } from '../../common/clock.js';
import { VAULT } from '../../common/permissions.js';
import { ProblemFilter } from '../../common/problem.filter.js';
import { REQUIRED_PERMISSIONS } from '../../common/require-permissions.decorator.js';
import { createValidationPipe } from '../../common/validation.pipe.js';
import { DatabaseModule } from '../../database/database.module.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { CryptoModule } from '../crypto.module.js';
import { EncryptionKeysController } from './encryption-keys.controller.js';

@Global()
@Module({ providers: [{ provide: CLOCK, useFactory: () => new ManualClock() }], exports: [CLOCK] })
class ClockModule {}

const MATERIAL = randomBytes(32).toString('hex');
let app: INestApplication<Server>;
const http = () => request(app.getHttpServer());
const post = (body: object) => http().post('/api/encryption-keys').send(body);
const key = (changes: object = {}) => ({
  name: 'Nightly',
  format: 'dbackup',
  material: MATERIAL,
  ...changes,
});

beforeAll(async () => {
  const module = await Test.createTestingModule({
    imports: [
      ClockModule,
      DatabaseModule.forRootAsync({ useFactory: () => ({ sqliteFile: ':memory:' }) }),
      CryptoModule.forRootAsync({ useFactory: () => ({ encryptionKey: randomBytes(32) }) }),
    ],
  }).compile();
  app = module.createNestApplication<INestApplication<Server>>();
  app.useLogger(false);
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.init();
});
afterAll(() => app.close());

describe('/api/encryption-keys', () => {
  it('adds, lists and deletes a key, and never shows its material', async () => {
    const added = await post(key({ id: 'profile / 1 🐘' })).expect(201);
    expect(added.body).toEqual({
      id: 'profile / 1 🐘',
      name: 'Nightly',
      format: 'dbackup',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      createdAt: '2026-01-01T00:00:00.000Z',
    });
    const listed = await http().get('/api/encryption-keys').expect(200);
    expect(listed.body).toEqual({ items: [added.body], nextCursor: null });
    expect((added.text + listed.text).toLowerCase()).not.toContain(MATERIAL);
    const path = `/api/encryption-keys/${encodeURIComponent('profile / 1 🐘')}`;
    await http().delete(path).expect(204);
    const gone = await http().delete(path).expect(404);
    expect((gone.body as { code: string }).code).toBe('not-found');
  });

  it('makes an id when none is given, and takes upper case hex', async () => {
    const added = await post(key({ material: MATERIAL.toUpperCase() })).expect(201);
    expect((added.body as { id: string }).id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses an id that is taken', async () => {
    await post(key({ id: 'twice' })).expect(201);
    const refused = await post(key({ id: 'twice' })).expect(409);
    expect(refused.body).toMatchObject({ code: 'key-exists', success: false });
  });

  it('gives pages', async () => {
    await post(key()).expect(201);
    const first = await http().get('/api/encryption-keys?limit=1').expect(200);
    const { items, nextCursor } = first.body as { items: { id: string }[]; nextCursor: string };
    expect(items).toHaveLength(1);
    const second = await http()
      .get('/api/encryption-keys')
      .query({ limit: 1, cursor: nextCursor })
      .expect(200);
    expect((second.body as { items: { id: string }[] }).items[0]?.id).not.toBe(items[0]?.id);
    await http().get('/api/encryption-keys?cursor=nonsense').expect(400);
    await http().get('/api/encryption-keys?limit=0').expect(400);
  });

  it.each([
    { material: MATERIAL.slice(2) },
    { material: `${MATERIAL}00` },
    { material: `zz${MATERIAL.slice(2)}` },
    { material: `${MATERIAL}\n` },
    { material: [MATERIAL] },
    { material: undefined },
    { format: 'age' },
    { format: undefined },
    { name: '' },
    { name: undefined },
    { id: '' },
    { id: 'a\u0000b' },
    { id: 'x'.repeat(129) },
    { id: 5 },
    { extra: true },
  ])('refuses %j, and does not repeat the material', async (changes) => {
    const refused = await post(key(changes)).expect(400);
    expect(refused.body).toMatchObject({ code: 'bad-request', success: false });
    expect(refused.text.toLowerCase()).not.toContain(MATERIAL.slice(2));
  });

  it('declares what each handler needs', () => {
    const { prototype } = EncryptionKeysController;
    const needed = (handler: object) => Reflect.getMetadata(REQUIRED_PERMISSIONS, handler) as unknown;
    /* eslint-disable @typescript-eslint/unbound-method -- only their metadata is read */
    expect(needed(prototype.create)).toEqual([VAULT.WRITE]);
    expect(needed(prototype.list)).toEqual([VAULT.READ]);
    expect(needed(prototype.remove)).toEqual([VAULT.WRITE]);
    /* eslint-enable @typescript-eslint/unbound-method */
  });
});
