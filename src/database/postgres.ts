import { PostgresDialect } from 'kysely';
import pg from 'pg';

const numbersForInt8 = new pg.TypeOverrides();
numbersForInt8.setTypeParser(pg.types.builtins.INT8, Number);

/** Kysely's PostgreSQL dialect. 64-bit integers arrive as numbers: ours are times and sizes, below 2^53. */
export function postgresDialect(connectionString: string): PostgresDialect {
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 5_000, types: numbersForInt8 });
  // An idle connection that breaks is replaced by the pool at the next query.
  pool.on('error', () => undefined);
  return new PostgresDialect({ pool });
}
