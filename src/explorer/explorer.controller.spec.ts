import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { DBACKUP_FIXTURES, dbackupKeys } from '../../test/support/dbackup-fixtures.js';
import { handlesBelow } from '../../test/support/local-storage.js';
import { storageApp, TEST_ENCRYPTION_KEY } from '../../test/support/storage-app.js';
import { BackupsModule } from '../backups/backups.module.js';
import { CryptoModule } from '../crypto/crypto.module.js';
import { VaultService } from '../crypto/vault/vault.service.js';
import { StoragesService } from '../storage/storages.service.js';
import type { ExplorerItemDto } from './explorer-item.dto.js';
import type { ExplorerPageDto } from './explorer-page.dto.js';
import { ExplorerModule } from './explorer.module.js';

/** Real: database, vault, backups made by DBackup, disk. Fake: the remote backend, which fails. */
describe('/api/storage/:id/files', () => {
  let base: string;
  let app: INestApplication<Server>;
  let storages: StoragesService;
  let fixtures: string;
  let own: string;

  beforeAll(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), 'drawbridge-explorer-')));
    ({ app } = await storageApp({
      localRoots: [base, DBACKUP_FIXTURES],
      more: (storage) => {
        const crypto = CryptoModule.forRootAsync({
          useFactory: () => ({ encryptionKey: TEST_ENCRYPTION_KEY }),
        });
        const backups = BackupsModule.register({ imports: [storage, crypto] });
        return [crypto, ExplorerModule.register({ imports: [storage, crypto, backups] })];
      },
    }));
    storages = app.get(StoragesService);
    fixtures = await add('fixtures', { root: DBACKUP_FIXTURES });
    own = await add('own', { root: base });
    const id = 'clxtestprofile000000000a';
    const material = Buffer.from(dbackupKeys[id]!, 'hex');
    await app.get(VaultService).add({ id, name: 'a', format: 'dbackup', material });
  });
  afterAll(async () => {
    await app.close();
    expect(handlesBelow(base)).toBe(0);
    await rm(base, { recursive: true });
  });

  const add = async (name: string, config: object, adapter = 'local') =>
    (await storages.create({ name, adapter, config: { ...config } })).id;
  const list = async (id: string, query: object = {}) =>
    (await request(app.getHttpServer()).get(`/api/storage/${id}/files`).query(query).expect(200))
      .body as ExplorerPageDto;
  const only = async (prefix: string): Promise<ExplorerItemDto> => {
    const { items } = await list(fixtures, { prefix });
    expect(items).toHaveLength(1);
    return items[0]!;
  };
  const refused = async (id: string, query: object, status: number) =>
    (await request(app.getHttpServer()).get(`/api/storage/${id}/files`).query(query).expect(status)).body as {
      code: string;
      detail: string;
    };

  it('shows folders', async () => {
    const { items, nextCursor } = await list(fixtures);
    expect(nextCursor).toBeNull();
    expect(items.find((item) => item.name === 'MySQL all')).toEqual({
      name: 'MySQL all',
      path: 'MySQL all',
      kind: 'folder',
      size: null,
      modifiedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      encrypted: false,
      format: null,
      keyAvailable: null,
      engine: null,
      engineVersion: null,
      compression: null,
      job: null,
      sidecar: false,
      problem: null,
    });
  });

  it('shows backups with the facts of their sidecars, which are hidden', async () => {
    const { items } = await list(fixtures, { prefix: 'Redis Prod/' });
    expect(items.map((item) => item.name)).toEqual([
      'Redis_Prod_2026-08-03_03-00-00.rdb.br.enc',
      'Redis_Prod_2026-08-03_03-00-00.rdb.enc',
      'Redis_Prod_2026-08-03_03-00-00.rdb.gz.enc',
    ]);
    expect(items[0]).toMatchObject({
      path: 'Redis Prod/Redis_Prod_2026-08-03_03-00-00.rdb.br.enc',
      kind: 'file',
      encrypted: true,
      format: 'dbackup',
      keyAvailable: false,
      engine: 'redis',
      engineVersion: '7.0.15',
      compression: 'BROTLI',
      job: 'Redis Prod',
      sidecar: true,
      problem: null,
    });
  });

  it('tells whether the vault has the key', async () => {
    expect(await only('hostile/tag-wrong')).toMatchObject({ encrypted: true, keyAvailable: true });
    expect(await only('hostile/profile-unknown')).toMatchObject({ encrypted: true, keyAvailable: false });
  });

  it.each([
    'sidecar-missing',
    'sidecar-empty',
    'sidecar-not-json',
    'enabled-false',
    'tag-4-bytes',
    'iv-empty',
  ])('says what is wrong with %s, and never that it is not encrypted (W7)', async (folder) => {
    const item = await only(`hostile/${folder}`);
    expect(item).toMatchObject({ encrypted: true, sidecar: folder !== 'sidecar-missing' });
    expect(item.problem?.detail).toMatch(/\w+/);
  });

  it('reads no sidecar of more than 1 MiB', async () => {
    await mkdir(join(base, 'large'));
    await writeFile(join(base, 'large/x.sql.enc'), 'x');
    await writeFile(join(base, 'large/x.sql.enc.meta.json'), Buffer.alloc(1024 * 1024 + 1, ' '));
    const { items } = await list(own, { prefix: 'large' });
    expect(items).toMatchObject([{ name: 'x.sql.enc', encrypted: true, sidecar: true }]);
    expect(items[0]?.problem).not.toBeNull();
  });

  it('gives every file once, in full pages, whatever the page size', async () => {
    await mkdir(join(base, 'pages'));
    const names = Array.from({ length: 23 }, (_, i) => `b${String(i).padStart(2, '0')}.sql`);
    for (const name of names) {
      await writeFile(join(base, 'pages', name), 'x');
      await writeFile(join(base, 'pages', `${name}.meta.json`), '{}');
    }
    for (const limit of [1, 7, 22, 23, 24]) {
      const seen: string[][] = [];
      let cursor: string | null | undefined;
      do {
        const page: ExplorerPageDto = await list(own, { prefix: 'pages', limit, ...(cursor && { cursor }) });
        seen.push(page.items.map((item) => item.name));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen.flat()).toEqual(names);
      for (const page of seen.slice(0, -1)) expect(page).toHaveLength(limit);
    }
  });

  it('refuses paths that lead out, and answers for missing ones (W14, W25)', async () => {
    for (const prefix of ['..', 'a/../..', '/etc', 'a\u0000b', 'a//b', '\\..\\'])
      expect((await refused(own, { prefix }, 400)).code).toBe('bad-request');
    for (const prefix of ['missing', 'pages/b00.sql']) {
      const body = await refused(own, { prefix }, 404);
      expect(body.code).toBe('not-found');
      expect(JSON.stringify(body)).not.toContain(base);
    }
    expect((await refused('public-download', {}, 404)).code).toBe('not-found');
    expect((await refused(own, { limit: 1001 }, 400)).code).toBe('bad-request');
    expect((await refused(own, { cursor: '!' }, 400)).code).toBe('bad-request');
    expect((await refused(own, { page: 1 }, 400)).code).toBe('bad-request');
  });

  it('says that a backend does not answer', async () => {
    const id = await add('remote', { host: 'nas' }, 'fake-remote');
    expect((await refused(id, {}, 503)).code).toBe('storage-unreachable');
  });
});
