import { randomBytes } from 'node:crypto';
import { appendFileSync, openSync, closeSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl, wget } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { ivForCounter } from './support/gcm-vectors.js';
import { RawClient } from './support/raw-client.js';

describe('the bytes that arrive', () => {
  let drawbridge: Drawbridge;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start({ DELIVERY_GRACE_MS: '300' });
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  async function rangeOf(url: string, range: string, headers: Record<string, string> = {}) {
    const response = await fetch(url, { headers: { Range: range, ...headers } });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  describe('under an IV whose 32-bit counter wraps within the first KiB', () => {
    const plain = randomBytes(200_000);
    beforeAll(() => {
      writeEncryptedBackup(drawbridge.root, 'wrap.sql.enc', plain, ivForCounter(TEST_KEY, 0xffff_ffff - 20));
    });

    it('the whole file is right', async () => {
      const link = await drawbridge.mint('wrap.sql.enc');
      const { code, stdout } = await curl(link.url);
      expect(code).toBe(0);
      expect(stdout.equals(plain)).toBe(true);
    });

    it.each([
      [100_000, 150_000],
      [300, 352],
      [320, 337],
      [335, 337],
      [336, 400],
      [0, 1024],
    ])('bytes %i to %i are right', async (start, end) => {
      const link = await drawbridge.mint('wrap.sql.enc');
      const { response, bytes } = await rangeOf(link.url, `bytes=${start}-${end - 1}`);
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${plain.length}`);
      expect(bytes.equals(plain.subarray(start, end))).toBe(true);
    });
  });

  describe('ranges', () => {
    const plain = randomBytes(300_000);
    beforeAll(() => {
      writeEncryptedBackup(drawbridge.root, 'ranges.sql.enc', plain);
    });

    it('a suffix is a range', async () => {
      const link = await drawbridge.mint('ranges.sql.enc');
      const { response, bytes } = await rangeOf(link.url, 'bytes=-70001');
      expect(response.status).toBe(206);
      expect(bytes.equals(plain.subarray(-70_001))).toBe(true);
    });

    it('several ranges, other units and nonsense are answered with the whole', async () => {
      for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=5-2', 'bytes=a-b']) {
        const link = await drawbridge.mint('ranges.sql.enc');
        const { response, bytes } = await rangeOf(link.url, range);
        expect([range, response.status, bytes.equals(plain)]).toEqual([range, 200, true]);
      }
    });

    it('If-Range with the ETag resumes; with another one the whole comes', async () => {
      const link = await drawbridge.mint('ranges.sql.enc');
      const { response } = await rangeOf(link.url, 'bytes=0-9');
      const etag = response.headers.get('etag') ?? '';
      const part = await rangeOf(link.url, 'bytes=10-', { 'If-Range': etag });
      expect(part.response.status).toBe(206);
      expect(part.bytes.equals(plain.subarray(10))).toBe(true);
      const other = await drawbridge.mint('ranges.sql.enc');
      const whole = await rangeOf(other.url, 'bytes=10-', { 'If-Range': '"other"' });
      expect(whole.response.status).toBe(200);
      expect(whole.bytes.equals(plain)).toBe(true);
    });

    it('a scanner that reads one byte changes nothing that lasts (rule 4)', async () => {
      const link = await drawbridge.mint('ranges.sql.enc');
      expect((await curl(link.url, ['-r', '0-0'])).stdout).toHaveLength(1);
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
      const { code, stdout } = await curl(link.url);
      expect(code).toBe(0);
      expect(stdout.equals(plain)).toBe(true);
      expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    });

    it('a broken download that is resumed uses the link when the parts cover the file (rule 8)', async () => {
      const link = await drawbridge.mint('ranges.sql.enc');
      const broken = await RawClient.request(link.url, 'HTTP/1.1\r\n');
      await broken.readBody(150_000);
      broken.reset();
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
      const { code, stdout } = await curl(link.url, ['-r', '150000-']);
      expect(code).toBe(0);
      expect(stdout.equals(plain.subarray(150_000))).toBe(true);
      expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    });
  });

  describe('of a damaged file of 20 MB (G10)', () => {
    const SIZE = 20_000_000;
    let path: string;
    beforeAll(() => {
      ({ path } = writeEncryptedBackup(drawbridge.root, 'damaged.sql.enc', randomBytes(SIZE)));
    });

    /** Flips one bit while `action` runs. The mtime is kept from telling: damage of a disk does not change it. */
    async function withFlippedBit(offset: number, action: () => Promise<void>): Promise<void> {
      const file = openSync(path, 'r+');
      const byte = Buffer.alloc(1);
      try {
        readSync(file, byte, 0, 1, offset);
        const flip = () => writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 0x10]), 0, 1, offset);
        flip();
        await action();
        writeSync(file, byte, 0, 1, offset);
      } finally {
        closeSync(file);
      }
    }

    it.each([0, 1, 16, 65_535, 9_999_999, SIZE - 65_537, SIZE - 65_536, SIZE - 17, SIZE - 1])(
      'byte %i flipped: curl, curl -0 and wget see it and the link lives',
      async (offset) => {
        await withFlippedBit(offset, async () => {
          const link = await drawbridge.mint('damaged.sql.enc');
          for (const fetchIt of [curl, (url: string) => curl(url, ['-0']), wget]) {
            const { code, stdout } = await fetchIt(link.url);
            expect([18, 4]).toContain(code);
            expect(stdout.length).toBeLessThanOrEqual(SIZE - 65_536);
            expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
          }
        });
      },
    );

    it('a tail alone is not released either, and its link lives', async () => {
      await withFlippedBit(5_000, async () => {
        const link = await drawbridge.mint('damaged.sql.enc');
        const { code, stdout } = await curl(link.url, ['-r', `${SIZE - 1_000}-`]);
        expect(code).toBe(22);
        expect(stdout).toHaveLength(0);
        expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
      });
    });

    it('up to 64 KiB nothing is sent but the error', async () => {
      const small = writeEncryptedBackup(drawbridge.root, 'small.sql.enc', randomBytes(65_536));
      const stored = Buffer.alloc(65_536, 1);
      writeFileSync(small.path, stored);
      const link = await drawbridge.mint('small.sql.enc');
      const response = await fetch(link.url);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({
        code: 'download-failed',
        title: 'Download failed',
        success: false,
      });
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    });
  });

  describe('when the storage changes', () => {
    it('a file replaced after the mint ends the link with 409 (rule 13)', async () => {
      const backup = writeEncryptedBackup(drawbridge.root, 'replaced.sql.enc', randomBytes(1_000));
      const link = await drawbridge.mint(backup.file);
      writeEncryptedBackup(drawbridge.root, 'replaced.sql.enc', randomBytes(1_001));
      const response = await fetch(link.url);
      expect(response.status).toBe(409);
      expect(await response.json()).toMatchObject({ code: 'file-changed' });
      expect(await drawbridge.link(link.id)).toMatchObject({ state: 'revoked', reason: 'changed' });
      expect((await fetch(link.url)).status).toBe(401);
    });

    it('a file written to while it is sent breaks the connection and ends the link (rule 13)', async () => {
      const backup = writeEncryptedBackup(drawbridge.root, 'growing.sql.enc', randomBytes(20_000_000));
      const link = await drawbridge.mint(backup.file);
      const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
      await client.readBody(100_000);
      appendFileSync(backup.path, 'more');
      client.resume();
      await client.readToEnd();
      expect(client.body().length).toBeLessThan(backup.plain.length);
      expect(await drawbridge.stateOf(link.id, ['revoked'])).toBe('revoked');
      const [attempt] = (await drawbridge.link(link.id)).transfers[0]?.attempts ?? [];
      expect(attempt).toMatchObject({ outcome: 'failed', reason: 'storage-changed' });
    });

    it('links to a deleted storage answer 401', async () => {
      const made = await drawbridge.api<{ id: string }>('POST', '/api/storage', {
        name: 'Second',
        adapter: 'local',
        config: { root: drawbridge.root },
      });
      writeFileSync(`${drawbridge.root}/plain.txt`, 'plain');
      const minted = await drawbridge.api<{ url: string }>(
        'POST',
        `/api/storage/${made.body.id}/download-url`,
        {
          file: 'plain.txt',
        },
      );
      await drawbridge.api('DELETE', `/api/storage/${made.body.id}`);
      expect((await fetch(minted.body.url)).status).toBe(401);
    });
  });
});
