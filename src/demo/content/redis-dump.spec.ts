import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '../../../test/support/redis-server.js';
import { describeWithProgram } from '../../../test/support/service.js';
import { crc64 } from './crc64.js';
import { writeRdb, type RedisEntry } from './rdb-writer.js';
import { REDIS_DUMP_KEYS, redisDump } from './redis-dump.js';

async function loaded(dump: Buffer): Promise<{ server: RedisServer; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-rdb-'));
  await writeFile(join(folder, 'demo.rdb'), dump);
  return { server: await RedisServer.start({ folder, dumpFile: 'demo.rdb' }), folder };
}

describe('redisDump', () => {
  it('is the same at every call and ends with its checksum', () => {
    const dump = redisDump();
    expect(redisDump().equals(dump)).toBe(true);
    expect(dump.subarray(0, 9).toString()).toBe('REDIS0009');
    expect(dump.readBigUInt64LE(dump.length - 8)).toBe(crc64(dump.subarray(0, -8)));
    expect(REDIS_DUMP_KEYS).toBeGreaterThan(300);
  });
});

describeWithProgram(['redis-server', 'redis-cli'], 'a real Redis', () => {
  describe('that loads redisDump', () => {
    let redis: Awaited<ReturnType<typeof loaded>>;
    beforeAll(async () => {
      redis = await loaded(redisDump());
    });
    afterAll(async () => {
      await redis.server.stop();
      await rm(redis.folder, { recursive: true });
    });

    it('has every key', async () => {
      expect(await redis.server.cli('dbsize')).toBe(String(REDIS_DUMP_KEYS));
    });

    it('has the values', async () => {
      expect(await redis.server.cli('hget', 'product:1', 'name')).toBe('Oak Lamp');
      expect(await redis.server.cli('--raw', 'get', 'motd')).toBe('Free shipping this week 🚚');
      expect(await redis.server.cli('scard', 'cities')).toBe('8');
      expect(await redis.server.cli('zcard', 'bestsellers')).toBe('64');
      expect(Number(await redis.server.cli('llen', 'cart:1'))).toBeGreaterThan(0);
      expect(Number(await redis.server.cli('pexpiretime', 'cart:1'))).toBe(Date.UTC(2100, 0, 1));
      expect(await redis.server.cli('ttl', 'product:1')).toBe('-1');
    });
  });

  it('reads lengths on both sides of each encoding', async () => {
    const sizes = [0, 1, 63, 64, 16_383, 16_384, 70_000];
    const entries = sizes.map((size): RedisEntry => ({
      key: `s${size}`,
      value: { type: 'string', value: 'x'.repeat(size) },
    }));
    const { server, folder } = await loaded(writeRdb(entries, {}));
    try {
      expect(await server.cli('dbsize')).toBe(String(sizes.length));
      for (const size of sizes) expect(await server.cli('strlen', `s${size}`)).toBe(String(size));
    } finally {
      await server.stop();
      await rm(folder, { recursive: true });
    }
  });

  it('refuses the dump when a byte is wrong, so the checksum is real', async () => {
    const dump = redisDump();
    const at = dump.indexOf('Oak Lamp');
    dump[at] = 'o'.charCodeAt(0);
    await expect(loaded(dump)).rejects.toThrow(/checksum/i);
  });
});
