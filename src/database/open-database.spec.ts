import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql, type Kysely } from 'kysely';
import { itIsADatabase } from '../../test/contract/database.contract.js';
import { withTestDatabase } from '../../test/support/postgres-database.js';
import { freePort } from '../../test/support/free-port.js';
import { ConfigError } from '../config/config-error.js';
import { describeWithVariable } from '../../test/support/service.js';
import { migrations } from './migrations/index.js';
import { isPostgres, openDatabase, type Database } from './open-database.js';

const pragma = async (database: Database, name: string): Promise<unknown> => {
  const { rows } = await sql<Record<string, unknown>>`PRAGMA ${sql.raw(name)}`.execute(database);
  return Object.values(rows[0] ?? {})[0];
};

itIsADatabase('SQLite in memory', false, async () => ({
  location: { sqliteFile: ':memory:' },
  remove: async () => undefined,
}));

itIsADatabase('SQLite in a file', true, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-database-'));
  return {
    location: { sqliteFile: join(folder, 'db.sqlite') },
    remove: async () => {
      rmSync(folder, { recursive: true });
    },
  };
});

describeWithVariable('TEST_POSTGRES_URL', 'with a PostgreSQL server', () => {
  itIsADatabase('PostgreSQL', true, withTestDatabase);

  it('is made once by replicas that start together', async () => {
    const { location, remove } = await withTestDatabase();
    const replicas = await Promise.all([1, 2, 3].map(() => openDatabase(location)));
    const row = { key: 'a', value: '1' };
    await replicas[0]!.insertInto('settings').values(row).execute();
    for (const replica of replicas) {
      expect(await replica.selectFrom('settings').selectAll().execute()).toEqual([row]);
      await replica.destroy();
    }
    await remove();
  });

  it('reads 64-bit integers as numbers', async () => {
    const { location, remove } = await withTestDatabase();
    const database = await openDatabase(location);
    const { rows } = await sql`SELECT 1767225600000::bigint AS time, count(*) AS count FROM settings`.execute(
      database,
    );
    expect(rows).toEqual([{ time: 1_767_225_600_000, count: 0 }]);
    await database.destroy();
    await remove();
  });
});

describe('a server that cannot be reached', () => {
  it('is told by the variable to change, without its value', async () => {
    const port = await freePort();
    const opening = openDatabase({ url: `postgres://user:secret@127.0.0.1:${port}/x`, sqliteFile: '' });
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toContain('DATABASE_URL');
    expect((error as Error).message).toContain('ECONNREFUSED');
    expect((error as Error).message).not.toContain('secret');
  });
});

describe('isPostgres', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['postgres://localhost/db', true],
    ['postgresql://localhost/db', true],
    ['mysql://postgres://', false],
  ])('%s: %s', (url, expected) => {
    expect(isPostgres({ url, sqliteFile: 'db' })).toBe(expected);
  });
});

describe('SQLite', () => {
  let folder: string;
  let sqliteFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-database-'));
    sqliteFile = join(folder, 'db.sqlite');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps a write-ahead log and waits for the disk at each commit', async () => {
    const database = await openDatabase({ sqliteFile });
    expect(await pragma(database, 'journal_mode')).toBe('wal');
    expect(await pragma(database, 'synchronous')).toBe(2);
    expect(await pragma(database, 'foreign_keys')).toBe(1);
    expect(await pragma(database, 'busy_timeout')).toBe(5_000);
    expect(existsSync(`${sqliteFile}-wal`)).toBe(true);
    await database.destroy();
    expect(existsSync(`${sqliteFile}-wal`)).toBe(false);
  });

  it('waits for the disk in a database that is only in memory, too: the setting is the same', async () => {
    const database = await openDatabase({ sqliteFile: ':memory:' });
    expect(await pragma(database, 'synchronous')).toBe(2);
    await database.destroy();
  });

  it('lets another process read while a write is under way', async () => {
    const database = await openDatabase({ sqliteFile });
    await database.insertInto('settings').values({ key: 'a', value: 'before' }).execute();
    await database.transaction().execute(async (transaction) => {
      await transaction.updateTable('settings').set({ value: 'after' }).execute();
      const other = new DatabaseSync(sqliteFile, { readOnly: true });
      expect(other.prepare('SELECT value FROM settings').get()).toMatchObject({ value: 'before' });
      other.close();
    });
    await database.destroy();
  });

  it('names the migration that failed, with its cause, and leaves neither traces nor a connection', async () => {
    migrations['9999-broken'] = {
      up: async (db: Kysely<unknown>) => {
        await db.schema.createTable('half').addColumn('id', 'text').execute();
        throw new Error('no more disk');
      },
    };
    try {
      await expect(openDatabase({ sqliteFile })).rejects.toMatchObject({
        message: 'The database schema could not be brought up to date (migration 9999-broken)',
        cause: { message: 'no more disk' },
      });
    } finally {
      delete migrations['9999-broken'];
    }
    // SQLite removes it when the last connection closes.
    expect(existsSync(`${sqliteFile}-wal`)).toBe(false);
    const database = await openDatabase({ sqliteFile });
    const tables = (await database.introspection.getTables()).map(({ name }) => name);
    expect(tables).toContain('links');
    expect(tables).not.toContain('half');
    await database.destroy();
  });

  it('refuses the database of a newer version', async () => {
    migrations['9999-newer'] = { up: async () => undefined };
    try {
      await (await openDatabase({ sqliteFile })).destroy();
    } finally {
      delete migrations['9999-newer'];
    }
    await expect(openDatabase({ sqliteFile })).rejects.toThrow('could not be brought up to date');
  });

  it('refuses a file that is no database, and a folder that is not there', async () => {
    writeFileSync(sqliteFile, 'not a database, but long enough to be looked at'.repeat(20));
    await expect(openDatabase({ sqliteFile })).rejects.toThrow('not a database');
    await expect(openDatabase({ sqliteFile: join(folder, 'missing', 'db') })).rejects.toThrow(
      'unable to open',
    );
  });
});
