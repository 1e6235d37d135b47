import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl, wget } from './support/clients.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { ANONYMOUS, LeakWatch } from './support/leak-watch.js';
import { describeOnLinux } from './support/service.js';

const PROJECT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const CONTENT = `content-${randomBytes(16).toString('hex')}`;

/**
 * G18: secrets are nowhere but where they were put. A run of the real process, with everything written to its log, does
 * what it can do, right and wrong.
 */
describe('no secret gets out', () => {
  const encryptionKey = randomBytes(32);
  const watch = new LeakWatch({ LOG_LEVEL: 'debug', ENCRYPTION_KEY: encryptionKey.toString('hex') });
  const { home, canaries } = watch;
  const call = watch.call.bind(watch);
  const mint = watch.mint.bind(watch);

  const backup = (name: string, size = 1000) =>
    writeEncryptedBackup(home.root, name, Buffer.concat([Buffer.from(CONTENT), randomBytes(size)]));

  beforeAll(async () => {
    canaries.add('admin key', home.adminKey);
    canaries.add('ENCRYPTION_KEY', encryptionKey.toString('hex'), encryptionKey);
    canaries.add('key material', TEST_KEY.toString('hex'), TEST_KEY);
    canaries.add('content', CONTENT);
    canaries.add('path', home.home);
    canaries.add('project', PROJECT);
    await watch.start();
    const { service } = watch;
    await service.addStorage(home.root);
    await service.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    await doItRight();
    await askForNonsense();
    await failDownloads();
    await breakStorage();
    await service.end();
    await startOtherwise();
  }, 60_000);
  afterAll(async () => {
    await home.remove();
  });

  async function doItRight(): Promise<void> {
    const whole = backup('whole.sql.enc', 200_000);
    writeFileSync(join(home.root, 'plain.sql'), CONTENT.repeat(100));
    for (const file of [whole.file, 'plain.sql']) {
      const link = await mint(file);
      await call(`HEAD ${link.url}`, undefined, ANONYMOUS);
      await call(`GET ${link.url}`, undefined, { headers: { Authorization: '', Accept: 'text/html' } });
      await call(`GET ${link.url}`, undefined, { headers: { Authorization: '', Purpose: 'prefetch' } });
      expect((await (file === 'plain.sql' ? wget : curl)(link.url)).code).toBe(0);
      expect(await watch.service.stateOf(link.id, ['used'])).toBe('used');
      await call(`GET ${link.url}`, undefined, ANONYMOUS);
      await call(`GET /api/downloads/${link.id}`);
    }
    const revoked = await mint(whole.file);
    await call(`DELETE /api/downloads/${revoked.id}`);
    await call(`GET ${revoked.url}`, undefined, ANONYMOUS);
    const storage = `/api/storage/${watch.service.storageId}`;
    // The configuration is what its administrator has sent.
    await call('GET /api/storage', undefined, { may: ['path'] });
    await call(`GET ${storage}`, undefined, { may: ['path'] });
    await call(`PATCH ${storage}`, { name: 'Renamed' }, { may: ['path'] });
    await call(`POST ${storage}/check`);
    await call(`GET ${storage}/files`);
    for (const path of ['/api/encryption-keys', '/api/downloads', '/health/live', '/health/ready'])
      await call(`GET ${path}`);
  }

  async function askForNonsense(): Promise<void> {
    const key = { name: 'k', format: 'dbackup', material: TEST_KEY.toString('hex') };
    await call('POST /api/encryption-keys', { ...key, id: TEST_PROFILE });
    await call('POST /api/encryption-keys', { ...key, material: `${key.material}00` });
    await call('POST /api/encryption-keys', { ...key, format: key.material });
    await call('POST /api/encryption-keys', `{"material": "${key.material}`);
    await call('POST /api/encryption-keys', `{"material": ${home.adminKey}}`);
    for (const root of [home.home + '/none', '/', 'relative', join(home.root, 'plain.sql'), `${home.root}\0`])
      await call('POST /api/storage', { name: 'x', adapter: 'local', config: { root } });
    await call('POST /api/storage', { name: 'x', adapter: home.home, config: { root: home.root } });
    await call('POST /api/storage', {
      name: 'x',
      adapter: 'local',
      config: { root: home.root, password: key.material },
    });
    const mintAt = `POST /api/storage/${watch.service.storageId}/download-url`;
    for (const body of [
      { file: join(home.root, 'plain.sql') },
      { file: `../${home.adminKey}` },
      { file: 'none' },
      { file: 'plain.sql', ttlMs: home.adminKey },
      { file: 'plain.sql', verify: key.material },
    ])
      await call(mintAt, body);
    const { url } = await mint('plain.sql');
    const token = url.split('token=')[1] ?? '';
    for (const path of [
      `/api/${token}`,
      `/api/downloads/${token}`,
      `/api/downloads?state=${token}`,
      `/api/downloads?cursor=${token}`,
      `/api/storage/${token}`,
      `/api/storage/public-download?token=${token}&token=${token}`,
      `/api/storage/public-download?token=${token}x`,
      `/api/storage/public-download?token=${token}%zz`,
      `/${token}`,
    ])
      await call(`GET ${path}`);
    await call('GET /api/storage', undefined, { headers: { Authorization: `Basic ${home.adminKey}` } });
  }

  async function failDownloads(): Promise<void> {
    const damaged = [backup('small.sql.enc'), backup('large.sql.enc', 500_000)];
    for (const { file, path } of damaged) {
      writeFileSync(path, randomBytes(readFileSync(path).length));
      expect((await curl((await mint(file)).url)).code).not.toBe(0);
    }
    const changes: readonly ((path: string) => void)[] = [
      (path) => {
        rmSync(path);
      },
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
      (path) => {
        appendFileSync(path, 'x');
      },
      (path) => {
        rmSync(`${path}.meta.json`);
      },
      (path) => {
        writeFileSync(`${path}.meta.json`, `{"${CONTENT}`);
      },
    ];
    for (const [index, change] of changes.entries()) {
      const { file, path } = backup(`change-${index}.sql.enc`);
      const { url } = await mint(file);
      change(path);
      expect((await call(`GET ${url}`, undefined, ANONYMOUS)).status).toBeGreaterThanOrEqual(400);
      await call(`POST /api/storage/${watch.service.storageId}/download-url`, { file });
      await call(`GET /api/storage/${watch.service.storageId}/files?prefix=${file}`);
    }
    // For root it is readable all the same.
    const locked = backup('locked.sql.enc');
    const link = await mint(locked.file);
    chmodSync(locked.path, 0);
    await curl(link.url);
    const { file } = backup('no-key.sql.enc');
    const { url } = await mint(file);
    await call(`DELETE /api/encryption-keys/${TEST_PROFILE}`);
    expect((await call(`GET ${url}`, undefined, ANONYMOUS)).status).toBe(422);
    await watch.service.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  }

  async function breakStorage(): Promise<void> {
    const { file } = backup('gone.sql.enc');
    const { url } = await mint(file);
    renameSync(home.root, `${home.root}.gone`);
    expect((await call(`GET ${url}`, undefined, ANONYMOUS)).status).toBe(500);
    await call(`POST /api/storage/${watch.service.storageId}/check`);
    await call(`GET /api/storage/${watch.service.storageId}/files`);
    await call(`POST /api/storage/${watch.service.storageId}/download-url`, { file });
    renameSync(`${home.root}.gone`, home.root);
    for (const path of ['/metrics', '/api/openapi.json', '/api/docs']) await call(`GET ${path}`);
  }

  /** With another ENCRYPTION_KEY; with a database that does not answer; with values in the wrong places. */
  async function startOtherwise(): Promise<void> {
    const { storageId } = watch.service;
    const { file } = backup('sealed.sql.enc');
    await watch.start({ ENCRYPTION_KEY: '0'.repeat(64) });
    watch.service.storageId = storageId;
    expect((await call(`POST /api/storage/${storageId}/download-url`, { file })).status).toBe(500);
    await watch.service.end();
    const password = `password-${randomBytes(16).toString('hex')}`;
    canaries.add('password', password);
    for (const more of [
      { DATABASE_URL: `postgres://user:${password}@127.0.0.1:1/nowhere` },
      { DATABASE_URL: `mysql://user:${password}@127.0.0.1/nowhere` },
      { PUBLIC_URL: `https://user:${password}@example.com` },
      { HOST: password, PORT: password, LOG_LEVEL: password },
      { ENCRYPTION_KEY: home.adminKey, ADMIN_API_KEY: encryptionKey.toString('hex').slice(0, 31) },
    ])
      expect(await watch.startInVain(more)).toBe(1);
  }

  it('this run did it all: answers of every kind, and a log that tells of them', () => {
    const statuses = new Set(watch.answers.map(({ status }) => status));
    expect([...statuses].sort()).toEqual(
      expect.arrayContaining([200, 204, 400, 401, 403, 404, 409, 422, 500, 503]),
    );
    const log = watch.processes.map(({ output }) => output).join('');
    for (const code of [
      'download-failed',
      'link-invalid',
      'storage-unreachable',
      'bad-request',
      'key-unknown',
    ])
      expect(log).toContain(code);
    expect(log).toContain('vault-sealed-with-other-key');
  });

  it('these canaries would be found', () => {
    expect(canaries.foundIn(`a${home.adminKey}b`)).toContain('admin key as it is');
    expect(canaries.foundIn(JSON.stringify({ [home.root]: 1 }))).toContain('path as it is');
    expect(canaries.foundIn(Buffer.concat([randomBytes(10), TEST_KEY]))).toEqual(['key material as bytes']);
    expect(canaries.foundIn(TEST_KEY.toString('base64'))).toContain('key material as base64');
    expect(canaries.foundIn(home.home, ['path'])).toEqual([]);
  });

  it('not in the log', () => {
    for (const { output } of watch.processes) expect(canaries.foundIn(output)).toEqual([]);
  });

  it('not in any answer, but for the one that hands the link out', () => {
    expect(watch.answers.length).toBeGreaterThan(80);
    expect(watch.leaks()).toEqual([]);
  });

  it('not in the database as they are', () => {
    const files = readdirSync(home.dataDir).filter((name) => name.startsWith('drawbridge.sqlite'));
    expect(files).toContain('drawbridge.sqlite');
    // A storage's folder is part of its configuration.
    for (const name of files)
      expect(canaries.foundIn(readFileSync(join(home.dataDir, name)), ['path'])).toEqual([]);
  });

  describeOnLinux('on the command line', () => {
    it('neither', () => {
      expect(watch.commandLines.length).toBeGreaterThan(0);
      for (const line of watch.commandLines) expect(canaries.foundIn(line, ['project'])).toEqual([]);
    });
  });
});
