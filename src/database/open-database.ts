import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { migrations } from './migrations/index.js';
import type { Schema } from './schema.js';

export type Database = Kysely<Schema>;

export interface DatabaseLocation {
  /** `postgres://...`; undefined: SQLite. */
  readonly url?: string | undefined;
  /** SQLite's file, or `:memory:`. */
  readonly sqliteFile: string;
}

export function isPostgres(location: DatabaseLocation): boolean {
  return /^postgres(ql)?:\/\//.test(location.url ?? '');
}

/** Opens the database and brings its schema up to date. Loads only the driver that is used. */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const dialect = isPostgres(location)
    ? (await import('./postgres.js')).postgresDialect(location.url ?? '')
    : (await import('./sqlite.js')).sqliteDialect(location.sqliteFile);
  const database = new Kysely<Schema>({ dialect });
  const { error, results } = await new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  }).migrateToLatest();
  if (error !== undefined) {
    await database.destroy();
    const failed = results?.find((r) => r.status === 'Error')?.migrationName;
    throw new Error(
      `The database schema could not be brought up to date${failed ? ` (migration ${failed})` : ''}`,
      {
        cause: error,
      },
    );
  }
  return database;
}
