import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { migrations } from '../../src/database/migrations/index.js';
import { openDatabase, type Database, type DatabaseLocation } from '../../src/database/open-database.js';
import { isUniqueViolation } from '../../src/database/unique-violation.js';

interface DatabaseHarness {
  /** A place where nothing is yet. */
  readonly location: DatabaseLocation;
  remove(): Promise<void>;
}

const TABLES = ['attempts', 'digests', 'download_tokens', 'encryption_keys', 'links', 'settings', 'storages'];
const storage = (id: string, name: string) => ({
  id,
  name,
  adapter: 'local',
  config: '{}',
  secrets: null,
  created_at: 1_767_225_600_000,
  updated_at: 2 ** 53 - 1,
});

/**
 * What every database we open promises, whatever it is made of.
 * @param durable whether it outlives its last connection
 */
export function itIsADatabase(name: string, durable: boolean, create: () => Promise<DatabaseHarness>): void {
  describe(`${name} as our database`, () => {
    let harness: DatabaseHarness;
    let database: Database;
    beforeEach(async () => {
      harness = await create();
      database = await openDatabase(harness.location);
    });
    afterEach(async () => {
      await database.destroy();
      await harness.remove();
    });

    it('has every table, and every migration once', async () => {
      const tables = await database.introspection.getTables();
      expect(tables.map((table) => table.name).sort()).toEqual(TABLES);
      const applied = await database
        .$extendTables<{ kysely_migration: { name: string } }>()
        .selectFrom('kysely_migration')
        .select('name')
        .execute();
      expect(applied.map((row) => row.name).sort()).toEqual(Object.keys(migrations).sort());
    });

    it('gives rows back as they were written: times and sizes are numbers', async () => {
      const row = storage('s1', 'Größe 🚀 \'";--');
      await database.insertInto('storages').values(row).execute();
      expect(await database.selectFrom('storages').selectAll().execute()).toEqual([row]);
    });

    it('tells a taken name, and a taken id, from other errors', async () => {
      const failing = async (values: ReturnType<typeof storage>): Promise<unknown> =>
        database
          .insertInto('storages')
          .values(values)
          .execute()
          .then(
            () => undefined,
            (error: unknown) => error,
          );
      expect(await failing(storage('s1', 'a'))).toBeUndefined();
      expect(isUniqueViolation(await failing(storage('s2', 'a')))).toBe(true);
      expect(isUniqueViolation(await failing(storage('s1', 'b')))).toBe(true);
      const incomplete = await failing({ ...storage('s3', 'c'), config: null as never });
      expect(incomplete).toBeDefined();
      expect(isUniqueViolation(incomplete)).toBe(false);
    });

    it('tells how many rows a conditional update has changed', async () => {
      await database.insertInto('settings').values({ key: 'a', value: '1' }).execute();
      const swap = async (from: string) =>
        (
          await database
            .updateTable('settings')
            .set({ value: '2' })
            .where('key', '=', 'a')
            .where('value', '=', from)
            .executeTakeFirstOrThrow()
        ).numUpdatedRows;
      expect([await swap('1'), await swap('1')]).toEqual([1n, 0n]);
    });

    it('undoes a transaction that fails', async () => {
      const failing = database.transaction().execute(async (transaction) => {
        await transaction.insertInto('settings').values({ key: 'a', value: '1' }).execute();
        throw new Error('half-way');
      });
      await expect(failing).rejects.toThrow('half-way');
      expect(await database.selectFrom('settings').selectAll().execute()).toEqual([]);
    });

    const ifDurable = durable ? it : undefined;
    ifDurable?.('can be opened again, by several at once, and keeps what it holds', async () => {
      await database.insertInto('settings').values({ key: 'a', value: '1' }).execute();
      const others = await Promise.all([1, 2, 3].map(() => openDatabase(harness.location)));
      for (const other of others) {
        expect(await other.selectFrom('settings').select('value').execute()).toEqual([{ value: '1' }]);
        await other.destroy();
      }
    });
  });
}
