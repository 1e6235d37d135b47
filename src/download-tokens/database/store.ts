import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import type { Clock } from '../../common/clock.js';
import type { Database } from '../../database/open-database.js';
import type { DownloadLink } from '../download-link.js';
import { DownloadTokenStore, type LinkChange, type StoredLink } from '../download-token-store.js';
import { decodeLink, encodeLink } from '../link-codec.js';
import { sweepAt } from '../rules/index.js';
import { answer, storeUnavailable } from '../store-answer.js';
import { ChangeQueue, type WaitingChange } from './change-queue.js';
import { storeTime } from './store-time.js';

/** A change that lost so many races finds the store overrun. */
const MAX_RACES = 100;

type Key = 'hash' | 'id';

interface Row extends StoredLink {
  readonly hash: string;
  readonly revision: number;
}

/**
 * Keeps links in the table `download_tokens`: they survive a restart and, with PostgreSQL, serve replicas. A change is
 * one UPDATE that holds only for the revision it was made from, and counts when it hit a row.
 */
@Injectable()
export class DatabaseTokenStore extends DownloadTokenStore {
  private readonly time: () => RawBuilder<number>;
  private readonly changes = {
    hash: new ChangeQueue<LinkChange<unknown>>((value, changes) => this.change('hash', value, changes)),
    id: new ChangeQueue<LinkChange<unknown>>((value, changes) => this.change('id', value, changes)),
  };

  /** @param clock instead of the database's own (PostgreSQL) or the process's (SQLite) */
  constructor(
    private readonly database: Database,
    clock?: Clock,
  ) {
    super();
    this.time = storeTime(database, clock);
  }

  override async create(hash: string, make: (now: number) => DownloadLink): Promise<DownloadLink> {
    const link = make(await this.now());
    const { numInsertedOrUpdatedRows } = await answer(() =>
      this.database
        .insertInto('download_tokens')
        .values({ hash, id: link.id, revision: 0, state: encodeLink(link), sweep_at: sweepAt(link) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow(),
    );
    if (numInsertedOrUpdatedRows !== 1n) throw new Error('The link exists already');
    return link;
  }

  override find(hash: string): Promise<StoredLink | undefined> {
    return this.read('hash', hash);
  }

  override findById(id: string): Promise<StoredLink | undefined> {
    return this.read('id', id);
  }

  override update<T>(hash: string, change: LinkChange<T>): Promise<T | undefined> {
    return this.changes.hash.add(hash, change) as Promise<T | undefined>;
  }

  override updateById<T>(id: string, change: LinkChange<T>): Promise<T | undefined> {
    return this.changes.id.add(id, change) as Promise<T | undefined>;
  }

  override async count(): Promise<number> {
    const { links } = await answer(() =>
      this.database
        .selectFrom('download_tokens')
        .select((table) => table.fn.countAll().as('links'))
        .executeTakeFirstOrThrow(),
    );
    return Number(links);
  }

  override async sweep(): Promise<{ links: DownloadLink[]; now: number }> {
    const now = await this.now();
    const removed = await answer(() =>
      this.database.deleteFrom('download_tokens').where('sweep_at', '<=', now).returning('state').execute(),
    );
    return { links: removed.map((row) => decodeLink(row.state)), now };
  }

  private async now(): Promise<number> {
    const { rows } = await answer(() =>
      sql<{ now: number }>`select ${this.time()} as now`.execute(this.database),
    );
    return Number(rows[0]?.now);
  }

  private async read(key: Key, value: string): Promise<Row | undefined> {
    const row = await answer(() =>
      this.database
        .selectFrom('download_tokens')
        .where(key, '=', value)
        .select(['hash', 'revision', 'state'])
        .select(this.time().as('now'))
        .executeTakeFirst(),
    );
    return row && { hash: row.hash, revision: row.revision, link: decodeLink(row.state), now: row.now };
  }

  /** Makes changes of one link, in their order, in one step. */
  private async change(
    key: Key,
    value: string,
    changes: readonly WaitingChange<LinkChange<unknown>>[],
  ): Promise<void> {
    for (let race = 0; race < MAX_RACES; race += 1) {
      const row = await this.read(key, value);
      if (!row) {
        for (const { resolve } of changes) resolve(undefined);
        return;
      }
      const { next, tell } = makeAll(row, changes);
      if (next === row.link || (await this.write(row, next))) {
        for (const one of tell) one();
        return;
      }
    }
    throw storeUnavailable(new Error(`The change lost ${MAX_RACES} races`));
  }

  /** False: somebody changed or removed the row since it was read. */
  private async write(row: Row, next: DownloadLink): Promise<boolean> {
    const { numUpdatedRows } = await answer(() =>
      this.database
        .updateTable('download_tokens')
        .set({ revision: row.revision + 1, state: encodeLink(next), sweep_at: sweepAt(next) })
        .where('hash', '=', row.hash)
        .where('revision', '=', row.revision)
        .executeTakeFirstOrThrow(),
    );
    return numUpdatedRows === 1n;
  }
}

/** One change after the other; one that throws changes nothing. `tell` hands out the results, once they hold. */
function makeAll({ link, now }: StoredLink, changes: readonly WaitingChange<LinkChange<unknown>>[]) {
  let next = link;
  const tell = changes.map(({ change, resolve, reject }) => {
    try {
      const made = change(next, now);
      next = made.next;
      return () => {
        resolve(made.result);
      };
    } catch (error) {
      return () => {
        reject(error);
      };
    }
  });
  return { next, tell };
}
