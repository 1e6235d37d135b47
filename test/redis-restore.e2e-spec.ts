import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEMO_PATHS, demoFiles } from '../src/demo/content/demo-files.js';
import { REDIS_DUMP_KEYS } from '../src/demo/content/redis-dump.js';
import { curl, runClient } from './support/clients.js';
import { DBACKUP_FIXTURES, dbackupKeys } from './support/dbackup-fixtures.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE } from './support/encrypted-backup.js';
import { RedisServer } from './support/redis-server.js';
import { describeWithProgram } from './support/service.js';

const FIXTURE = 'Redis Prod/Redis_Prod_2026-08-03_03-00-00.rdb.enc';

describeWithProgram(
  ['redis-server', 'redis-cli', 'redis-check-rdb'],
  'a Redis dump that came through a link',
  () => {
    let drawbridge: Drawbridge;
    let folder: string;
    beforeAll(async () => {
      drawbridge = await Drawbridge.start();
      cpSync(dirname(join(DBACKUP_FIXTURES, FIXTURE)), dirname(join(drawbridge.root, FIXTURE)), {
        recursive: true,
      });
      for (const { path, bytes } of demoFiles({ key: TEST_KEY, profileId: TEST_PROFILE })) {
        mkdirSync(dirname(join(drawbridge.root, path)), { recursive: true });
        writeFileSync(join(drawbridge.root, path), bytes);
      }
      const keys = { ...dbackupKeys, [TEST_PROFILE]: TEST_KEY.toString('hex') };
      for (const [id, material] of Object.entries(keys)) await drawbridge.addKey(id, material);
      folder = mkdtempSync(join(tmpdir(), 'drawbridge-restore-'));
    });
    afterAll(async () => {
      await drawbridge.stop();
      rmSync(folder, { recursive: true });
    });

    /** Downloads the dump, has Redis check it, starts a Redis on it. @returns how many keys that has */
    async function restore(file: string): Promise<number> {
      const link = await drawbridge.mint(file);
      expect((await curl(link.url, ['-o', join(folder, 'dump.rdb')])).code).toBe(0);
      const check = await runClient('redis-check-rdb', [join(folder, 'dump.rdb')]);
      expect([check.code, check.stdout.toString()]).toEqual([0, expect.stringContaining('RDB looks OK')]);
      const redis = await RedisServer.start({ folder, dumpFile: 'dump.rdb' });
      try {
        return Number(await redis.cli('dbsize'));
      } finally {
        await redis.stop();
      }
    }

    it('the demo’s has every key', async () => {
      expect(await restore(DEMO_PATHS.redisEncrypted)).toBe(REDIS_DUMP_KEYS);
    });

    it('one that DBackup made has its keys', async () => {
      expect(await restore(FIXTURE)).toBeGreaterThan(0);
    });
  },
);
