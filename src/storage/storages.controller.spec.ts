import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import type { FakeRemoteAdapter } from '../../test/support/fake-remote-adapter.js';
import type { ManualClock } from '../../test/support/manual-clock.js';
import { storageApp } from '../../test/support/storage-app.js';
import { StoragesService } from './storages.service.js';

const CANARY = `canary-${randomBytes(8).toString('hex')}`;

/** Real: database, disk, validation, error filter. Fake: the remote backend. */
describe('/api/storage', () => {
  let base: string;
  let root: string;
  let app: INestApplication<Server>;
  let clock: ManualClock;
  let storages: StoragesService;

  beforeAll(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), 'drawbridge-storages-')));
    root = join(base, 'allowed');
    await mkdir(root);
    ({ app, clock } = await storageApp({ localRoots: [root], sqliteFile: join(base, 'db.sqlite') }));
    storages = app.get(StoragesService);
  });
  afterAll(async () => {
    await app.close();
    await rm(base, { recursive: true });
  });

  let counter = 0;
  const api = () => request(app.getHttpServer());
  const bodyOf = async (answer: request.Test) => (await answer).body as Record<string, unknown>;
  const local = (changes: object = {}) => ({
    name: `local ${++counter}`,
    adapter: 'local',
    config: { root },
    ...changes,
  });
  const remote = (config: object = {}) => ({
    name: `remote ${++counter}`,
    adapter: 'fake-remote',
    config: { host: 'nas', password: CANARY, ...config },
  });
  const create = async (body: object) =>
    (await bodyOf(api().post('/api/storage').send(body).expect(201))) as { id: string; name: string };

  it('adds a storage and reads it back', async () => {
    const body = local();
    const created = await create(body);
    const now = new Date(clock.now()).toISOString();
    expect(created).toEqual({ ...body, id: created.id, createdAt: now, updatedAt: now });
    expect(created.id).toMatch(/^st_[a-z2-7]{16}$/);
    const read = await bodyOf(api().get(`/api/storage/${created.id}`).expect(200));
    expect(read).toEqual(created);
  });

  it.each([
    ['an unknown adapter', { adapter: 'floppy' }, 'adapter must be one of "local", "fake-remote"'],
    ['no root', { config: {} }, 'config.root must be'],
    ['a root of another type', { config: { root: 7 } }, 'config.root must be'],
    ['a root that is null', { config: { root: null } }, 'config.root must be'],
    ['a relative root', { config: { root: 'data' } }, 'config.root must be an absolute path'],
    ['a root with NUL', { config: { root: '/a\u0000' } }, 'config.root must be an absolute path'],
    ['an unknown field of the config', { config: { root: '/', path: 'x' } }, 'config.path is not a field'],
    ['an unknown field', { extra: 1 }, 'extra'],
    ['a config that is no object', { config: 'root' }, 'config'],
    ['a name with a control character', { name: 'a\nb' }, 'name must be'],
    ['an empty name', { name: '' }, 'name must be'],
    ['a name that ends in a space', { name: 'a ' }, 'name must be'],
    ['a root outside', { config: { root: '/etc' } }, 'LOCAL_STORAGE_ROOTS'],
  ])('refuses %s and says what to change', async (_, changes, text) => {
    const body = await bodyOf(api().post('/api/storage').send(local(changes)).expect(400));
    expect(body).toMatchObject({ success: false, code: 'bad-request' });
    expect(body.detail).toContain(text);
    expect(JSON.stringify(body)).not.toContain(base);
  });

  it('refuses a local root that is missing, or a file, without its path (W25)', async () => {
    await writeFile(join(base, 'allowed/file'), 'x');
    for (const [path, text] of [
      ['missing', 'config.root does not exist'],
      ['file', 'config.root is not a folder'],
    ] as const) {
      const body = await bodyOf(
        api()
          .post('/api/storage')
          .send(local({ config: { root: join(root, path) } }))
          .expect(400),
      );
      expect(body).toMatchObject({ errors: [{ field: 'config.root' }] });
      expect(body.detail).toContain(text);
      expect(JSON.stringify(body)).not.toContain(base);
    }
  });

  it('answers 409 for a name that is taken, also to a change', async () => {
    const [first, second] = [await create(local()), await create(local())];
    const body = await bodyOf(
      api()
        .post('/api/storage')
        .send(local({ name: first.name }))
        .expect(409),
    );
    expect(body).toMatchObject({ code: 'name-taken' });
    await api().patch(`/api/storage/${second.id}`).send({ name: first.name }).expect(409);
    await api().patch(`/api/storage/${second.id}`).send({ name: second.name }).expect(200);
  });

  it('lists in pages, in the order of names', async () => {
    await create(local({ name: 'zz last' }));
    const all = (await api().get('/api/storage?limit=1000').expect(200)).body as {
      items: { name: string }[];
    };
    const names: string[] = [];
    for (let cursor = ''; ;) {
      const body = await bodyOf(api().get(`/api/storage?limit=2${cursor}`).expect(200));
      const page = body as unknown as { items: { name: string }[]; nextCursor: string | null };
      names.push(...page.items.map((item) => item.name));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(names).toEqual(all.items.map((item) => item.name));
    expect(names.at(-1)).toBe('zz last');
    await api().get('/api/storage?cursor=%21').expect(400);
    await api().get('/api/storage?limit=0').expect(400);
  });

  it('keeps secrets sealed, never shows them, and keeps them through a change (W23)', async () => {
    const created = await create(remote());
    expect(created).toMatchObject({ config: { host: 'nas' } });
    const patch = { name: 'renamed', config: { port: 22 } };
    const changed = await bodyOf(api().patch(`/api/storage/${created.id}`).send(patch).expect(200));
    expect(changed).toMatchObject({ name: 'renamed', config: { host: 'nas', port: 22 } });
    const answers = await Promise.all([
      api().get('/api/storage'),
      api().get(`/api/storage/${created.id}`),
      api().post(`/api/storage/${created.id}/check`),
      api()
        .patch(`/api/storage/${created.id}`)
        .send({ config: { port: CANARY } })
        .expect(400),
    ]);
    expect(answers.map((answer) => answer.text).join('')).not.toContain(CANARY);
    const files = await Promise.all(
      ['db.sqlite', 'db.sqlite-wal'].map((name) => readFile(join(base, name), 'latin1')),
    );
    expect(files.join('')).toContain('renamed');
    expect(files.join('')).not.toContain(CANARY);
    const adapter = (await storages.adapterFor(created.id)) as FakeRemoteAdapter;
    expect(adapter.config).toMatchObject({ host: 'nas', port: 22, password: CANARY });
  });

  it('changes a secret, and takes a field away with null', async () => {
    const { id } = await create(remote({ port: 22 }));
    await api()
      .post(`/api/storage/${id}/check`)
      .expect(200, /"ok":false/);
    await api()
      .patch(`/api/storage/${id}`)
      .send({ config: { password: 'right', port: null } })
      .expect(200);
    const body = await bodyOf(api().post(`/api/storage/${id}/check`).expect(200));
    expect(body).toEqual({ ok: true, message: 'Set config.password.', latencyMs: expect.any(Number) });
    expect(await storages.get(id)).toMatchObject({ config: { host: 'nas' } });
    const refused = await bodyOf(
      api()
        .patch(`/api/storage/${id}`)
        .send({ config: { host: null } })
        .expect(400),
    );
    expect(refused.detail).toContain('config.host');
  });

  it('does not change the kind of adapter', async () => {
    const { id } = await create(local());
    await api().patch(`/api/storage/${id}`).send({ adapter: 'fake-remote' }).expect(400);
    expect(await storages.get(id)).toMatchObject({ adapter: 'local' });
  });

  it('loses no change of two at the same moment', async () => {
    const { id } = await create(remote());
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, port) => api().patch(`/api/storage/${id}`).send({ config: { port } })),
    );
    const saved = results.filter((result) => result.status === 200);
    expect(results.every((result) => [200, 409].includes(result.status))).toBe(true);
    expect(saved.length).toBeGreaterThan(0);
    expect(new Set(saved.map((result) => (result.body as { updatedAt: string }).updatedAt)).size).toBe(
      saved.length,
    );
  });

  it('keeps one adapter for as long as the config stays, and closes it then', async () => {
    const { id } = await create(remote());
    const [first, again] = await Promise.all([storages.adapterFor(id), storages.adapterFor(id)]);
    expect(again).toBe(first);
    await storages.update(id, { name: `renamed ${id}` });
    expect(await storages.adapterFor(id)).toBe(first);
    await storages.update(id, { config: { port: 2 } });
    const second = await storages.adapterFor(id);
    expect(second).not.toBe(first);
    expect([first, second].map((adapter) => (adapter as FakeRemoteAdapter).closed)).toEqual([true, false]);
    await api().delete(`/api/storage/${id}`).expect(204);
    expect((second as FakeRemoteAdapter).closed).toBe(true);
    await expect(storages.adapterFor(id)).rejects.toMatchObject({ status: 404 });
  });

  it.each(['public-download', ':id', '*', 'undefined', 'st_', `st_${'A'.repeat(16)}`, 'st_aaaaaaaaaaaaaaaa'])(
    'has no storage %p',
    async (id) => {
      const path = `/api/storage/${encodeURIComponent(id)}`;
      const answers = [
        await api().get(path),
        await api().patch(path).send({}),
        await api().delete(path),
        await api().post(`${path}/check`),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(404);
        expect(body).toMatchObject({ code: 'not-found', success: false });
      }
    },
  );

  it('tells whether a local storage can be read', async () => {
    const folder = join(root, 'comes-and-goes');
    await mkdir(folder);
    const { id } = await create(local({ config: { root: folder } }));
    await api()
      .post(`/api/storage/${id}/check`)
      .expect(200, /"ok":true/);
    await rm(folder, { recursive: true });
    const body = await bodyOf(api().post(`/api/storage/${id}/check`).expect(200));
    expect(body).toMatchObject({ ok: false });
    expect(JSON.stringify(body)).not.toContain(base);
  });
});
