import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, utimesSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';
import { RawClient } from './support/raw-client.js';

const SIZE = 8_000_000;
/** A time without fractions, so that it can be set again exactly: damage of a disk changes no time. */
const MTIME = 1_700_000_000;

describe('a file proved from the parts that attempts saw', () => {
  let drawbridge: Drawbridge;
  let backup: EncryptedBackup;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start({ DELIVERY_GRACE_MS: '500' });
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'db.sql.enc', randomBytes(SIZE));
    utimesSync(backup.path, MTIME, MTIME);
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  /** Flips a bit in place, or flips it back. */
  function flip(offset: number): void {
    const file = openSync(backup.path, 'r+');
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, offset);
    writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, offset);
    closeSync(file);
    utimesSync(backup.path, MTIME, MTIME);
  }

  const range = (url: string, from: number, to?: number) =>
    curl(url, ['-r', `${from}-${to === undefined ? '' : to - 1}`]);

  it('parts in any order make the whole, and use the link', async () => {
    const link = await drawbridge.mint(backup.file);
    const cuts = [0, 1_000_003, 4_000_000, 4_000_001, 6_500_000, SIZE];
    const parts: Buffer[] = [];
    for (const i of [2, 0, 3, 1, 4]) {
      const { code, stdout } = await range(link.url, cuts[i]!, cuts[i + 1]);
      expect(code).toBe(0);
      parts[i] = stdout;
    }
    expect(Buffer.concat(parts).equals(backup.plain)).toBe(true);
    expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
  });

  it('the last part may come first: then the one that completes the file waits for the proof', async () => {
    const link = await drawbridge.mint(backup.file);
    expect((await range(link.url, 5_000_000)).code).toBe(0);
    flip(1_000);
    const first = await range(link.url, 0, 5_000_000);
    flip(1_000);
    expect(first.code).toBe(18);
    expect((await range(link.url, 0, 5_000_000)).code).toBe(0);
    expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
  });

  it('a first half that was damaged when it was read fails the second, though the disk is right again', async () => {
    const link = await drawbridge.mint(backup.file);
    flip(1_000_000);
    const half = await range(link.url, 0, SIZE / 2);
    flip(1_000_000);
    expect(half.code).toBe(0);
    const rest = await range(link.url, SIZE / 2);
    expect(rest.code).toBe(18);
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    // From the start it is right, and the newest read counts.
    const whole = await curl(link.url);
    expect(whole.code).toBe(0);
    expect(whole.stdout.equals(backup.plain)).toBe(true);
    expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
  });

  it('a broken download that was damaged on its way fails when it is resumed', async () => {
    const link = await drawbridge.mint(backup.file);
    flip(500_000);
    const broken = await RawClient.request(link.url, 'HTTP/1.1\r\n');
    await broken.readBody(3_000_000);
    broken.reset();
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    flip(500_000);
    expect((await range(link.url, 3_000_000)).code).toBe(18);
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
  });

  it('a broken download is resumed byte by byte where the client stopped', async () => {
    for (const at of [65_537, 1_000_001, 3_999_999]) {
      const link = await drawbridge.mint(backup.file);
      const broken = await RawClient.request(link.url, 'HTTP/1.1\r\n');
      await broken.readBody(at);
      const had = Buffer.from(broken.body().subarray(0, at));
      broken.reset();
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
      const rest = await range(link.url, at);
      expect(rest.code).toBe(0);
      expect(Buffer.concat([had, rest.stdout]).equals(backup.plain)).toBe(true);
      expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    }
  });

  it('the evidence lies sealed in the store', async () => {
    const link = await drawbridge.mint(backup.file);
    await range(link.url, 0, SIZE / 2);
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    const row = await drawbridge
      .database()
      .selectFrom('download_tokens')
      .select('state')
      .where('id', '=', link.id)
      .executeTakeFirstOrThrow();
    const { transfers } = JSON.parse(row.state) as { transfers: { notes: string[] }[] };
    expect(transfers[0]?.notes).toEqual([expect.stringMatching(/^v1\.[\w-]+$/)]);
  });
});
