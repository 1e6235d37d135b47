import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { ConfigError } from '../config/config-error.js';
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
  if (isPostgres(location)) await checkReachable(database);
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

/** The likeliest mistake of a first start, told so that it can be mended. */
async function checkReachable(database: Database): Promise<void> {
  try {
    await sql`select 1`.execute(database);
  } catch (error) {
    await database.destroy();
    const { code } = error as { code?: unknown };
    const reason = typeof code === 'string' ? ` (${code})` : '';
    throw new ConfigError([
      `DATABASE_URL takes the address of a PostgreSQL database that can be reached and logged in to${reason}`,
    ]);
  }
}
