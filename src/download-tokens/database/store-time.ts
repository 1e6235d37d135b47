import { PostgresAdapter, sql, type RawBuilder } from 'kysely';
import { systemClock, type Clock } from '../../common/clock.js';
import type { Database } from '../../database/open-database.js';

/**
 * The store's time as an SQL expression, so that one statement reads the row and the clock together. Replicas on one
 * PostgreSQL take its clock, so that theirs need not agree; SQLite's only process takes its own. A given clock is the
 * last word.
 */
export function storeTime(database: Database, clock: Clock | undefined): () => RawBuilder<number> {
  const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter;
  if (isPostgres && !clock) return () => sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
  const own = clock ?? systemClock;
  return () => sql<number>`cast(${own.now()} as bigint)`;
}
