import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { DatabaseLocation } from '../../src/database/open-database.js';

/** A new, empty database on the server of TEST_POSTGRES_URL, until `remove` is called. */
export async function withTestDatabase(): Promise<{
  location: DatabaseLocation;
  remove: () => Promise<void>;
}> {
  const server = process.env['TEST_POSTGRES_URL'] ?? '';
  const name = `drawbridge_test_${randomUUID().replaceAll('-', '')}`;
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await onServer(`CREATE DATABASE ${name}`);
  return {
    location: { url: Object.assign(new URL(server), { pathname: `/${name}` }).href, sqliteFile: '' },
    remove: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
