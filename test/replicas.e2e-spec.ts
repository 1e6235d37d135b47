import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Kysely, sql } from 'kysely';
import { postgresDialect } from '../src/database/postgres.js';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';
import { describeWithVariable } from './support/service.js';

describeWithVariable('TEST_POSTGRES_URL', 'two processes on one PostgreSQL', () => {
  const name = `drawbridge_test_${randomBytes(6).toString('hex')}`;
  const server = process.env.TEST_POSTGRES_URL ?? '';
  const admin = new Kysely<unknown>({ dialect: postgresDialect(server) });
  let first: Drawbridge;
  let second: Drawbridge;
  let backup: EncryptedBackup;

  beforeAll(async () => {
    await sql`create database ${sql.id(name)}`.execute(admin);
    const url = new URL(server);
    url.pathname = `/${name}`;
    const shared = { DATABASE_URL: url.href, ENCRYPTION_KEY: randomBytes(32).toString('hex') };
    first = await Drawbridge.start(shared);
    second = await Drawbridge.start({ ...shared, LOCAL_STORAGE_ROOTS: first.home }, first);
    await first.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(first.root, 'db.sql.enc', randomBytes(200_000));
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
    await sql`drop database ${sql.id(name)}`.execute(admin);
    await admin.destroy();
  });

  const atSecond = (url: string) => url.replace(first.url, second.url);

  it('a link of one is redeemed at the other, once', async () => {
    const link = await first.mint(backup.file);
    const { code, stdout } = await curl(atSecond(link.url));
    expect(code).toBe(0);
    expect(stdout.equals(backup.plain)).toBe(true);
    expect(await first.stateOf(link.id, ['used'])).toBe('used');
    expect((await curl(link.url)).code).toBe(22);
  });

  it('of 200 GETs at both at once exactly one gets the file (G1)', async () => {
    for (let round = 0; round < 5; round++) {
      const link = await first.mint(backup.file);
      const answers = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const response = await fetch(i % 2 ? link.url : atSecond(link.url), {
            headers: { Connection: 'close' },
          });
          return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
        }),
      );
      const winners = answers.filter((answer) => answer.status === 200);
      expect(winners).toHaveLength(1);
      expect(winners[0]?.body.equals(backup.plain)).toBe(true);
    }
  }, 60_000);
});
