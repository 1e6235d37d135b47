import { describe, expect, it } from '@jest/globals';
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describeWithVariable } from '../../../test/support/service.js';
import { SQL_DUMP_ROWS, sqlDump } from './sql-dump.js';

const run = promisify(execFile);

describe('sqlDump', () => {
  it('is the same at every call, and a few hundred kB', () => {
    const dump = sqlDump();
    expect(sqlDump().equals(dump)).toBe(true);
    expect(dump.length).toBeGreaterThan(200_000);
    expect(dump.length).toBeLessThan(900_000);
  });
});

describeWithVariable('TEST_POSTGRES_URL', 'a real PostgreSQL', () => {
  it('loads every row', async () => {
    const server = process.env.TEST_POSTGRES_URL ?? '';
    const name = `demo_dump_${process.pid}`;
    const database = new URL(server);
    database.pathname = `/${name}`;
    const psql = (url: string, sql: string) =>
      run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql, url]);
    await psql(server, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
    try {
      execFileSync('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', database.href], {
        input: sqlDump(),
        stdio: 'pipe',
      });
      for (const [table, rows] of Object.entries(SQL_DUMP_ROWS)) {
        const { stdout } = await psql(database.href, `SELECT count(*) FROM ${table}`);
        expect(stdout.trim()).toBe(String(rows));
      }
      const notes = await psql(
        database.href,
        `SELECT DISTINCT note FROM orders WHERE note LIKE 'C:%' OR note LIKE 'Gift%' ORDER BY 1`,
      );
      expect(notes.stdout.trim()).toBe('C:\\orders\\late\nGift wrap:\n"Happy birthday"');
    } finally {
      await psql(server, `DROP DATABASE ${name}`);
    }
  });
});
