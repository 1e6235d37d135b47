import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl, sha256, wget } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';

const CONTENT = randomBytes(900_000);

describe('files whose sidecar has a checksum', () => {
  let drawbridge: Drawbridge;
  let number = 0;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start({ DELIVERY_GRACE_MS: '300' });
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  /** A plain file that says to be `promised`, and is `content`. */
  function plainFile(content: Buffer, promised: unknown = sha256(content)): string {
    const file = `c${(number += 1)}.sql`;
    writeFileSync(join(drawbridge.root, file), content);
    const sidecar = { version: 1, sourceType: 'postgres', checksum: promised };
    writeFileSync(join(drawbridge.root, `${file}.meta.json`), JSON.stringify(sidecar));
    return file;
  }
  const damaged = (content: Buffer, at = 100) => {
    const copy = Buffer.from(content);
    copy[at]! ^= 1;
    return copy;
  };
  const digestOf = async (file: string, options = {}) => {
    const { url } = await drawbridge.mint(file, options);
    return (await fetch(url, { method: 'HEAD' })).headers.get('repr-digest');
  };
  const verify = (file: string) =>
    drawbridge.api('POST', `/api/storage/${drawbridge.storageId}/files/verify`, { file });

  describe.each([
    ['curl', (url: string) => curl(url)],
    ['wget', (url: string) => wget(url)],
  ])('by %s', (client, download) => {
    it('arrive, and their digest is known from then on', async () => {
      const file = plainFile(CONTENT);
      expect(await digestOf(file)).toBeNull();
      const link = await drawbridge.mint(file);
      const { code, stdout } = await download(link.url);
      expect({ code, right: stdout.equals(CONTENT) }).toEqual({ code: 0, right: true });
      expect(await drawbridge.stateOf(link.id, ['used'], 20_000)).toBe('used');
      expect(await digestOf(file)).toBe(
        `sha-256=:${Buffer.from(sha256(CONTENT), 'hex').toString('base64')}:`,
      );
      expect((await drawbridge.mint(file)).sha256).toBe(sha256(CONTENT));
    });

    it('never arrive whole when they are damaged, and the link lives', async () => {
      const file = plainFile(damaged(CONTENT), sha256(CONTENT));
      const link = await drawbridge.mint(file);
      const { code, stdout } = await download(link.url);
      expect(code).toBe(client === 'curl' ? 18 : 4);
      expect(stdout.length).toBe(CONTENT.length - 65_536);
      expect(await drawbridge.stateOf(link.id, ['available'], 20_000)).toBe('available');
      expect(await digestOf(file)).toBeNull();
    });
  });

  it('are checked before the status line when they are small', async () => {
    const small = CONTENT.subarray(0, 60_000);
    const { url } = await drawbridge.mint(plainFile(damaged(small), sha256(small)));
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 'download-failed' });
  });

  it('are checked when only their end is asked for', async () => {
    const tail = { headers: { Range: 'bytes=850000-' } };
    const bad = await drawbridge.mint(plainFile(damaged(CONTENT), sha256(CONTENT)));
    expect((await fetch(bad.url, tail)).status).toBe(500);
    const good = await drawbridge.mint(plainFile(CONTENT));
    const response = await fetch(good.url, tail);
    expect(response.status).toBe(206);
    expect(Buffer.from(await response.arrayBuffer()).equals(CONTENT.subarray(850_000))).toBe(true);
  });

  it.each([true, false])('used after parts in any order; damaged: %s', async (isDamaged) => {
    const file = isDamaged ? plainFile(damaged(CONTENT), sha256(CONTENT)) : plainFile(CONTENT);
    const link = await drawbridge.mint(file);
    const ranges = ['300000-599999', '600000-', '0-299999'];
    const parts = await Promise.all(
      ranges.map(async (range) => {
        const response = await fetch(link.url, { headers: { Range: `bytes=${range}` } }).catch(
          () => undefined,
        );
        return response?.ok ? response.arrayBuffer().catch(() => undefined) : undefined;
      }),
    );
    if (isDamaged) {
      expect(parts[1]).toBeUndefined();
      expect(await drawbridge.stateOf(link.id, ['available'], 20_000)).toBe('available');
    } else {
      expect(parts.every((part) => part?.byteLength === 300_000)).toBe(true);
      expect(await drawbridge.stateOf(link.id, ['used'], 20_000)).toBe('used');
    }
  });

  it('are checked as they are stored, encrypted or not', async () => {
    const backup = writeEncryptedBackup(drawbridge.root, 'stored.sql.enc', CONTENT);
    const stored = readFileSync(backup.path);
    const sidecarPath = `${backup.path}.meta.json`;
    const sidecar = JSON.parse(readFileSync(sidecarPath, 'utf8')) as object;
    writeFileSync(sidecarPath, JSON.stringify({ ...sidecar, checksum: sha256(stored).toUpperCase() }));
    const good = await curl((await drawbridge.mint(backup.file, { decrypt: false })).url);
    expect({ code: good.code, right: good.stdout.equals(stored) }).toEqual({ code: 0, right: true });
    writeFileSync(backup.path, damaged(stored));
    const bad = await curl((await drawbridge.mint(backup.file, { decrypt: false })).url);
    expect(bad.code).toBe(18);
  });

  it('with a checksum that cannot be one are delivered as any plain file, with a note', async () => {
    const file = plainFile(CONTENT, 'md5:abc');
    const listing = await drawbridge.api<{ items: { path: string; problem: unknown }[] }>(
      'GET',
      `/api/storage/${drawbridge.storageId}/files`,
    );
    const item = listing.body.items.find(({ path }) => path === file);
    expect(item?.problem).toMatchObject({ code: 'checksum-invalid' });
    const { code, stdout } = await curl((await drawbridge.mint(file)).url);
    expect({ code, right: stdout.equals(CONTENT) }).toEqual({ code: 0, right: true });
    expect((await verify(file)).body).toMatchObject({ ok: true, verifiedBy: 'none' });
  });

  describe('POST files/verify', () => {
    it('tells what vouches for a content, and remembers it', async () => {
      const encrypted = writeEncryptedBackup(drawbridge.root, 'verify.sql.enc', CONTENT).file;
      for (const [file, verifiedBy] of [
        [encrypted, 'tag'],
        [plainFile(CONTENT), 'checksum'],
      ] as const) {
        const { status, body } = await verify(file);
        expect(status).toBe(200);
        expect(body).toEqual({
          ok: true,
          file,
          size: CONTENT.length,
          sha256: sha256(CONTENT),
          verifiedBy,
          durationMs: expect.any(Number) as unknown,
        });
        expect((await drawbridge.mint(file)).sha256).toBe(sha256(CONTENT));
      }
    });

    it('tells what is damaged, and forgets what was known of it', async () => {
      const backup = writeEncryptedBackup(drawbridge.root, 'broken.sql.enc', CONTENT);
      writeFileSync(backup.path, damaged(readFileSync(backup.path)));
      const plain = plainFile(damaged(CONTENT), sha256(CONTENT));
      for (const [file, verifiedBy] of [
        [backup.file, 'tag'],
        [plain, 'checksum'],
      ] as const) {
        const { status, body } = await verify(file);
        expect(status).toBe(200);
        expect(body).toMatchObject({ ok: false, file, verifiedBy, problem: { code: 'damaged' } });
        expect(body).not.toHaveProperty('sha256');
        expect((await drawbridge.mint(file)).sha256).toBeUndefined();
      }
    });

    it.each([
      ['a file without its sidecar', 'lonely.sql.enc', 422, 'sidecar-missing'],
      ['a sidecar', 'c1.sql.meta.json', 422, 'not-a-backup'],
      ['a file that is not there', 'nothing.sql', 404, 'not-found'],
      ['a way out', '../etc/passwd', 400, 'bad-request'],
    ])('refuses %s', async (_, file, status, code) => {
      writeFileSync(join(drawbridge.root, 'lonely.sql.enc'), 'x');
      const answer = await verify(file);
      expect(answer).toMatchObject({ status, body: { code } });
    });
  });
});
