import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { withTestDatabase } from '../../test/support/postgres-database.js';
import { describeWithVariable } from '../../test/support/service.js';
import { openDatabase, type Database, type DatabaseLocation } from '../database/open-database.js';
import { DigestsRepository } from './digests.repository.js';
import type { ContentId } from './content-id.js';

const DAY_MS = 86_400_000;
const contentOf = (version: string, file = 'a.sql', storageId = 'st_1'): ContentId => ({
  storageId,
  file,
  version,
});

function itKeepsDigests(
  locate: () => Promise<{ location: DatabaseLocation; remove: () => Promise<unknown> }>,
): void {
  let database: Database;
  let remove: () => Promise<unknown>;
  let clock: ManualClock;
  let digests: DigestsRepository;
  beforeEach(async () => {
    const located = await locate();
    remove = located.remove;
    database = await openDatabase(located.location);
    clock = new ManualClock();
    digests = new DigestsRepository(database, clock);
  });
  afterEach(async () => {
    await database.destroy();
    await remove();
  });
  const found = (versions: readonly string[]) => Promise.all(versions.map((v) => digests.find(contentOf(v))));

  it('keeps one digest a content, the last one', async () => {
    expect(await digests.find(contentOf('v1'))).toBeUndefined();
    await digests.save(contentOf('v1'), 'one');
    await digests.save(contentOf('v1'), 'two');
    expect(await digests.find(contentOf('v1'))).toBe('two');
    for (const other of [contentOf('v2'), contentOf('v1', 'b.sql'), contentOf('v1', 'a.sql', 'st_2')])
      expect(await digests.find(other)).toBeUndefined();
    await digests.forget(contentOf('v1'));
    expect(await digests.find(contentOf('v1'))).toBeUndefined();
  });

  it('keeps the newest forms of a file, those that were verified again among them', async () => {
    const versions = ['v1', 'v2', 'v3', 'v4'];
    for (const version of [...versions, 'v1', 'v5']) {
      await digests.save(contentOf(version), version);
      clock.advance(1);
    }
    expect(await found([...versions, 'v5'])).toEqual(['v1', undefined, 'v3', 'v4', 'v5']);
  });

  it('keeps nothing for ever', async () => {
    await digests.save(contentOf('v1'), 'old');
    clock.advance(90 * DAY_MS);
    await digests.save(contentOf('v1', 'b.sql'), 'newer');
    expect(await digests.find(contentOf('v1'))).toBe('old');
    clock.advance(1);
    await digests.save(contentOf('v1', 'c.sql'), 'newest');
    expect(await digests.find(contentOf('v1'))).toBeUndefined();
    expect(await digests.find(contentOf('v1', 'b.sql'))).toBe('newer');
  });

  it('forgets a storage', async () => {
    await digests.save(contentOf('v1'), 'one');
    await digests.save(contentOf('v1', 'a.sql', 'st_2'), 'two');
    await digests.forgetStorage('st_1');
    expect(await digests.find(contentOf('v1'))).toBeUndefined();
    expect(await digests.find(contentOf('v1', 'a.sql', 'st_2'))).toBe('two');
  });
}

describe('DigestsRepository on SQLite', () => {
  itKeepsDigests(() =>
    Promise.resolve({ location: { sqliteFile: ':memory:' }, remove: () => Promise.resolve() }),
  );
});

describeWithVariable('TEST_POSTGRES_URL', 'DigestsRepository on PostgreSQL', () => {
  itKeepsDigests(withTestDatabase);
});
