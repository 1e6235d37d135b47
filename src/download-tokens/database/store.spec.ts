import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../common/clock.js';
import { openDatabase, type Database, type DatabaseLocation } from '../../database/open-database.js';
import { itKeepsTheRulesOfTheModel } from '../../../test/contract/download-token-model.contract.js';
import { itIsADownloadTokenStore } from '../../../test/contract/download-token-store.contract.js';
import { linkOf } from '../../../test/support/download-link.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { DatabaseTokenStore } from './store.js';

const memory: DatabaseLocation = { sqliteFile: ':memory:' };

/** A rig whose instances all open `location`; `tidy` runs after they are closed. */
async function openRig(location: DatabaseLocation, tidy: () => Promise<void> = async () => undefined) {
  const clock = new ManualClock();
  const opened: Database[] = [];
  const another = async () => {
    const database = await openDatabase(location);
    opened.push(database);
    return new DatabaseTokenStore(database, clock);
  };
  const closeAll = async () => {
    await Promise.all(opened.splice(0).map((database) => database.destroy()));
  };
  return {
    store: await another(),
    clock,
    peer: another,
    reopen: async () => {
      await closeAll();
      return another();
    },
    close: async () => {
      await closeAll();
      await tidy();
    },
  };
}

async function inTempFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'token-store-'));
  return { file: join(folder, 'tokens.db'), remove: () => rm(folder, { recursive: true }) };
}

itIsADownloadTokenStore('SQLite in memory', { shared: false, durable: false }, () => openRig(memory));
itIsADownloadTokenStore('SQLite in a file', { shared: true, durable: true }, async () => {
  const { file, remove } = await inTempFolder();
  return openRig({ sqliteFile: file }, remove);
});
itKeepsTheRulesOfTheModel('SQLite in memory', 10_000, () => openRig(memory));

describe('DatabaseTokenStore', () => {
  /** Runs `work` on a store whose file another process changes with `other`. */
  const withOther = async (
    work: (store: DatabaseTokenStore, other: DatabaseSync, clock: Clock) => Promise<void>,
  ) => {
    const { file, remove } = await inTempFolder();
    const rig = await openRig({ sqliteFile: file }, remove);
    const other = new DatabaseSync(file);
    try {
      await rig.store.create('hash', () => linkOf());
      await work(rig.store, other, rig.clock);
    } finally {
      other.close();
      await rig.close();
    }
  };
  const OVERTAKE =
    'UPDATE download_tokens SET revision = revision + 1, state = replace(state, \'"v1"\', \'"w1"\')';

  it('makes its change anew from what another process wrote meanwhile', async () => {
    await withOther(async (store, other) => {
      const seen: string[] = [];
      await store.update('hash', (link) => {
        seen.push(link.version);
        if (seen.length === 1) other.exec(OVERTAKE);
        return { next: { ...link, version: `${link.version}!` }, result: 0 };
      });
      expect(seen).toEqual(['v1', 'w1']);
      expect((await store.find('hash'))?.link.version).toBe('w1!');
    });
  });

  it('knows nothing of a link that another process removed meanwhile', async () => {
    await withOther(async (store, other) => {
      const result = await store.update('hash', (link) => {
        other.exec('DELETE FROM download_tokens');
        return { next: { ...link, version: 'v2' }, result: 'changed' };
      });
      expect(result).toBeUndefined();
    });
  });

  it('gives up with 503 when it loses every race', async () => {
    await withOther(async (store, other) => {
      let runs = 0;
      const lost = store.update('hash', (link) => {
        runs += 1;
        other.exec(OVERTAKE);
        return { next: { ...link, version: 'v2' }, result: 0 };
      });
      await expect(lost).rejects.toMatchObject({ status: 503, code: 'store-unavailable' });
      expect(runs).toBe(100);
    });
  });

  it('writes nothing when nothing changed', async () => {
    await withOther(async (store, other) => {
      const changes = other.prepare('PRAGMA data_version');
      const before = changes.get();
      expect(await store.update('hash', (link) => ({ next: link, result: 'same' }))).toBe('same');
      expect(changes.get()).toEqual(before);
    });
  });

  it('says so when another release wrote the link, and leaves it alone', async () => {
    await withOther(async (store, other) => {
      other.exec(
        'UPDATE download_tokens SET state = replace(state, \'"formatVersion":2\', \'"formatVersion":9\')',
      );
      await expect(store.find('hash')).rejects.toThrow('stored in format 9');
      await expect(store.update('hash', (link) => ({ next: link, result: 0 }))).rejects.toThrow('format 9');
    });
  });

  it('answers every step of a broken database with 503, and tells when to come back', async () => {
    const database = await openDatabase(memory);
    await database.schema.dropTable('download_tokens').execute();
    const store = new DatabaseTokenStore(database);
    const steps = [
      () => store.create('hash', () => linkOf()),
      () => store.find('hash'),
      () => store.findById('id'),
      () => store.update('hash', (link) => ({ next: link, result: 0 })),
      () => store.updateById('id', (link) => ({ next: link, result: 0 })),
      () => store.sweep(),
    ];
    for (const step of steps)
      await expect(step()).rejects.toMatchObject({
        status: 503,
        code: 'store-unavailable',
        headers: { 'Retry-After': '2' },
      });
    await database.destroy();
  });

  it('goes by the process clock on SQLite', async () => {
    const database = await openDatabase(memory);
    const before = systemClock.now();
    const { createdAt } = await new DatabaseTokenStore(database).create('hash', (now) =>
      linkOf({ createdAt: now }),
    );
    expect(createdAt).toBeGreaterThanOrEqual(before);
    expect(createdAt).toBeLessThanOrEqual(systemClock.now());
    await database.destroy();
  });
});

const postgres = process.env['TEST_POSTGRES_URL'];

if (postgres === undefined) {
  if (process.env['REQUIRE_SERVICES'] === '1')
    it('needs PostgreSQL', () => {
      throw new Error('TEST_POSTGRES_URL is not set, although REQUIRE_SERVICES is 1');
    });
} else {
  describe('on PostgreSQL', () => {
    // A database of its own, so that nothing of the server's is touched.
    const name = `drawbridge_test_${randomUUID().replaceAll('-', '')}`;
    const location = { url: Object.assign(new URL(postgres), { pathname: `/${name}` }).href, sqliteFile: '' };
    const onServer = async (statement: string) => {
      const { Client } = (await import('pg')).default;
      const client = new Client({ connectionString: postgres });
      await client.connect();
      await client.query(statement);
      await client.end();
    };
    const open = async () => {
      const emptied = await openDatabase(location);
      await emptied.deleteFrom('download_tokens').execute();
      await emptied.destroy();
      return openRig(location);
    };
    beforeAll(() => onServer(`CREATE DATABASE ${name}`));
    afterAll(() => onServer(`DROP DATABASE ${name} WITH (FORCE)`));

    itIsADownloadTokenStore('PostgreSQL', { shared: true, durable: true }, open);
    itKeepsTheRulesOfTheModel('PostgreSQL', process.env['REQUIRE_SERVICES'] === '1' ? 2_000 : 300, open);

    it('goes by the clock of the server', async () => {
      const database = await openDatabase(location);
      const store = new DatabaseTokenStore(database);
      const { rows } = await import('kysely').then(({ sql }) =>
        sql<{ now: number }>`select extract(epoch from now())::float8 * 1000 as now`.execute(database),
      );
      const hash = randomUUID();
      const link = await store.create(hash, (createdAt) => linkOf({ id: hash, createdAt }));
      expect(Math.abs(link.createdAt - rows[0]!.now)).toBeLessThan(1_000);
      expect(Number.isInteger((await store.find(hash))?.now)).toBe(true);
      expect((await store.sweep()).now).toBeGreaterThanOrEqual(link.createdAt);
      await database.destroy();
    });
  });
}
