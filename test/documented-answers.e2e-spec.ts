import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { operations, PROBLEM_MEDIA_TYPE, type Example } from './support/openapi-document.js';
import { RawClient } from './support/raw-client.js';

/** An id of the right form that no storage has. */
const NONE = 'st_aaaaaaaaaaaaaaaa';

describe('answers to wrong calls are those that the API describes', () => {
  let drawbridge: Drawbridge;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  /** Calls a route and fails unless the description has this very answer. @returns status and problem code */
  async function call(name: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const [method = ''] = name.split(' ');
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(path.startsWith('http') ? path : drawbridge.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${drawbridge.adminKey}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    const described = operations.get(name)?.responses[response.status];
    expect([name, response.status, described]).toEqual([name, response.status, expect.anything()]);
    if (response.status < 400) return String(response.status);
    expect(response.headers.get('content-type')).toContain(PROBLEM_MEDIA_TYPE);
    const problem = JSON.parse(text) as Example['value'];
    const known = described?.content?.[PROBLEM_MEDIA_TYPE]?.examples?.[problem.code];
    expect([name, problem.code, known?.value.status]).toEqual([name, problem.code, response.status]);
    return `${response.status} ${problem.code}`;
  }

  it('of storages', async () => {
    const config = { root: drawbridge.root };
    const add = (body: unknown, headers = {}) => call('POST /api/storage', '/api/storage', body, headers);
    expect(await add({ name: 'Other', adapter: 'local', config })).toBe('201');
    expect(await add({ name: 'Other', adapter: 'local', config })).toBe('409 name-taken');
    expect(await add({})).toBe('400 bad-request');
    expect(await add('{')).toBe('400 bad-request');
    expect(await add({ name: 'x'.repeat(300_000) })).toBe('413 too-large');
    expect(await add({}, { 'Content-Type': 'application/json; charset=ebcdic' })).toBe(
      '415 unsupported-media-type',
    );
    expect(await call('GET /api/storage', '/api/storage')).toBe('200');
    expect(await call('GET /api/storage', '/api/storage?limit=0')).toBe('400 bad-request');
    const one = `/api/storage/${drawbridge.storageId}`;
    for (const [id, get, change] of [
      [drawbridge.storageId, '200', '409 name-taken'],
      [NONE, '404 not-found', '404 not-found'],
      ['%zz', '400 bad-request', '400 bad-request'],
    ] as const) {
      expect(await call('GET /api/storage/{id}', `/api/storage/${id}`)).toBe(get);
      expect(await call('PATCH /api/storage/{id}', `/api/storage/${id}`, { name: 'Other' })).toBe(change);
      expect(await call('POST /api/storage/{id}/check', `/api/storage/${id}/check`)).toBe(get);
      expect(await call('GET /api/storage/{id}/files', `/api/storage/${id}/files`)).toBe(get);
    }
    expect(await call('PATCH /api/storage/{id}', one, { surprise: 1 })).toBe('400 bad-request');
    expect(await call('DELETE /api/storage/{id}', `/api/storage/${NONE}`)).toBe('404 not-found');
    execFileSync('mkfifo', [join(drawbridge.root, 'pipe')]);
    const files = (prefix: string) => call('GET /api/storage/{id}/files', `${one}/files?prefix=${prefix}`);
    expect(await files('..')).toBe('400 bad-request');
    expect(await files('none')).toBe('404 not-found');
    expect(await files('pipe')).toBe('404 not-a-file');
  });

  it('of keys', async () => {
    const keys = '/api/encryption-keys';
    const key = { name: 'k', format: 'dbackup', material: '0'.repeat(64), id: 'k' };
    expect(await call(`POST ${keys}`, keys, key)).toBe('201');
    expect(await call(`POST ${keys}`, keys, key)).toBe('409 key-exists');
    expect(await call(`POST ${keys}`, keys, { ...key, material: 'short' })).toBe('400 bad-request');
    expect(await call(`GET ${keys}`, keys)).toBe('200');
    expect(await call(`GET ${keys}`, `${keys}?cursor=x`)).toBe('400 bad-request');
    expect(await call(`DELETE ${keys}/{id}`, `${keys}/k`)).toBe('204');
    expect(await call(`DELETE ${keys}/{id}`, `${keys}/k`)).toBe('404 not-found');
  });

  it('of minting', async () => {
    mkdirSync(join(drawbridge.root, 'folder'));
    const mint = (file: string, id = drawbridge.storageId) =>
      call('POST /api/storage/{id}/download-url', `/api/storage/${id}/download-url`, { file });
    const broken = (sidecar: unknown) => {
      const { file, path } = writeEncryptedBackup(drawbridge.root, 'broken.sql.enc', randomBytes(10));
      writeFileSync(`${path}.meta.json`, JSON.stringify(sidecar));
      return mint(file);
    };
    writeFileSync(join(drawbridge.root, 'a.sql.enc'), 'x');
    expect(await mint('../a')).toBe('400 bad-request');
    expect(await mint('a', NONE)).toBe('404 not-found');
    expect(await mint('folder')).toBe('404 not-a-file');
    expect(await mint('a.sql.enc')).toBe('422 sidecar-missing');
    expect(await mint('a.sql.enc.meta.json')).toBe('422 not-a-backup');
    expect(await broken([])).toBe('422 sidecar-invalid');
    expect(await broken({})).toBe('422 metadata-contradiction');
    const encryption = {
      enabled: true,
      profileId: 'p',
      algorithm: 'aes-256-gcm',
      iv: '0'.repeat(32),
      authTag: '0'.repeat(32),
    };
    const altered = (change: object) => broken({ encryption: { ...encryption, ...change } });
    expect(await altered({})).toBe('422 key-unknown');
    expect(await altered({ iv: '' })).toBe('422 iv-invalid');
    expect(await altered({ authTag: '00' })).toBe('422 tag-invalid');
    expect(await altered({ algorithm: 'rot13' })).toBe('422 algorithm-unsupported');
    expect(await broken({ archive: { formatVersion: 2 } })).toBe('422 archive-unsupported');
  });

  it('of links and their downloads', async () => {
    const { file, path } = writeEncryptedBackup(drawbridge.root, 'whole.sql.enc', randomBytes(200_000));
    const get = (url: string, headers = {}) =>
      call('GET /api/storage/public-download', url, undefined, { Authorization: '', ...headers });
    const link = await drawbridge.mint(file);
    const endpoint = link.url.split('?')[0]!;
    expect(await get(endpoint)).toBe('400 token-missing');
    expect(await get(`${endpoint}?token=x`)).toBe('401 link-invalid');
    expect(await get(link.url, { Purpose: 'prefetch' })).toBe('403 preview-refused');
    expect(await get(link.url, { 'If-None-Match': '*' })).toBe('304');
    expect(await get(link.url, { 'If-Match': '"x"' })).toBe('412 precondition-failed');
    expect(await get(link.url, { Range: 'bytes=200000-' })).toBe('416 range-not-satisfiable');
    expect(await get(link.url, { Range: 'bytes=0-9' })).toBe('206');
    const head = await fetch(link.url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    const post = (url: string, body?: string) =>
      call('POST /api/storage/public-download', url, body, { Authorization: '' });
    expect(await post(link.url, '{')).toBe('400 bad-request');
    expect(await post(link.url)).toBe('200');

    const damaged = writeEncryptedBackup(drawbridge.root, 'damaged.sql.enc', randomBytes(1000));
    writeFileSync(damaged.path, randomBytes(1000));
    expect(await get((await drawbridge.mint(damaged.file)).url)).toBe('500 download-failed');
    const changing = await drawbridge.mint(file);
    appendFileSync(path, 'x');
    expect(await get(changing.url)).toBe('409 file-changed');

    const links = '/api/downloads';
    expect(await call(`GET ${links}`, links)).toBe('200');
    expect(await call(`GET ${links}`, `${links}?state=lost`)).toBe('400 bad-request');
    expect(await call(`GET ${links}/{id}`, `${links}/${link.id}`)).toBe('200');
    expect(await call(`GET ${links}/{id}`, `${links}/none`)).toBe('404 not-found');
    expect(await call(`DELETE ${links}/{id}`, `${links}/${link.id}`)).toBe('204');
    expect(await call(`DELETE ${links}/{id}`, `${links}/none`)).toBe('404 not-found');
  });

  it('of confirmations, receipts and live events', async () => {
    const { file, plain } = writeEncryptedBackup(drawbridge.root, 'confirmed.sql.enc', randomBytes(1000));
    const link = await drawbridge.mint(file, { confirm: 'digest' });
    const confirm = (url: string, hash: string) =>
      call(
        'POST /api/storage/public-download/confirm',
        url.replace(/(\?|$)/, '/confirm$1'),
        { sha256: hash },
        { Authorization: '' },
      );
    const right = createHash('sha256').update(plain).digest('hex');
    const endpoint = link.url.split('?')[0]!;
    expect(await confirm(endpoint, right)).toBe('400 token-missing');
    expect(await confirm(link.url, 'x')).toBe('400 bad-request');
    expect(await confirm(`${endpoint}?token=x`, right)).toBe('401 link-invalid');
    expect(await confirm(link.url, right)).toBe('409 not-downloaded');
    expect(await confirm((await drawbridge.mint(file)).url, right)).toBe('409 confirmation-not-awaited');
    await (await fetch(link.url)).arrayBuffer();
    expect(await confirm(link.url, '0'.repeat(64))).toBe('409 digest-mismatch');
    expect(await confirm(link.url, right)).toBe('200');

    const links = '/api/downloads';
    for (const [id, answer] of [
      [link.id, '200'],
      ['none', '404 not-found'],
    ] as const) {
      expect(await call(`GET ${links}/{id}/receipt`, `${links}/${id}/receipt`)).toBe(answer);
      expect(await call(`GET ${links}/{id}/events`, `${links}/${id}/events`)).toBe(answer);
    }
  });

  it('of a busy link and a storage that is gone', async () => {
    const { file } = writeEncryptedBackup(drawbridge.root, 'large.sql.enc', randomBytes(8_000_000));
    const link = await drawbridge.mint(file);
    const get = 'GET /api/storage/public-download';
    const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
    await client.readBody(1);
    expect(await call(get, link.url, undefined, { Authorization: '' })).toBe('409 busy');
    client.reset();
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    renameSync(drawbridge.root, `${drawbridge.root}.gone`);
    const storage = `/api/storage/${drawbridge.storageId}`;
    expect(await call('GET /api/storage/{id}/files', `${storage}/files`)).toBe('503 storage-unreachable');
    expect(await call('POST /api/storage/{id}/download-url', `${storage}/download-url`, { file })).toBe(
      '503 storage-unreachable',
    );
    expect(await call('POST /api/storage/{id}/check', `${storage}/check`)).toBe('200');
    expect(await call(get, link.url, undefined, { Authorization: '' })).toBe('500 download-failed');
    renameSync(`${drawbridge.root}.gone`, drawbridge.root);
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      expect(await call(`GET ${path}`, path)).toBe('200');
  });
});
