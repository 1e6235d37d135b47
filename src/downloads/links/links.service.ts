import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import type { Selectable } from 'kysely';
import { CLOCK, type Clock } from '../../common/clock.js';
import { LINKS_SWEPT } from '../../common/events.js';
import type { Page } from '../../common/page.js';
import { notFound } from '../../common/problem.js';
import { DATABASE } from '../../database/database.tokens.js';
import type { Database } from '../../database/open-database.js';
import type { AttemptsTable, LinksTable } from '../../database/schema.js';
import type { SweptLink } from '../../download-tokens/claim.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { LinkEndingService } from './link-ending.service.js';
import { LinkRecordsService } from './link-records.service.js';
import { cursorAfter, positionOf } from './links-cursor.js';
import type { LinksQuery } from './links.dto.js';

export type LinkRow = Selectable<LinksTable>;
export type AttemptRow = Selectable<AttemptsTable>;

const SETTLE_AT_ONCE = 1000;

/** The links as people see them: the record, brought up to date by the store where a link still lives. */
@Injectable()
export class LinksService implements OnApplicationBootstrap {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly tokens: DownloadTokensService,
    private readonly records: LinkRecordsService,
    private readonly ending: LinkEndingService,
  ) {}

  /** A store that forgets (memory) forgot at the restart; the records must not promise what is gone. */
  async onApplicationBootstrap(): Promise<void> {
    await this.settle(Number.MAX_SAFE_INTEGER);
  }

  @OnEvent(LINKS_SWEPT)
  async onSwept(swept: readonly SweptLink[]): Promise<void> {
    for (const { link, state } of swept) await this.records.stateChanged(link.id, state, link);
  }

  async list(query: LinksQuery): Promise<Page<LinkRow>> {
    await this.settle(this.clock.now());
    const after = query.cursor === undefined ? undefined : positionOf(query.cursor);
    let rows = this.database.selectFrom('links').selectAll();
    if (query.state !== undefined) rows = rows.where('state', '=', query.state);
    if (query.storageId !== undefined) rows = rows.where('storage_id', '=', query.storageId);
    if (after)
      rows = rows.where((or) =>
        or.or([
          or('created_at', '<', after.createdAt),
          or.and([or('created_at', '=', after.createdAt), or('id', '<', after.id)]),
        ]),
      );
    const found = await rows
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(query.limit + 1)
      .execute();
    const items = found.slice(0, query.limit);
    const last = items.at(-1);
    return { items, nextCursor: last && found.length > query.limit ? cursorAfter(last) : null };
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<{ link: LinkRow; attempts: AttemptRow[] }> {
    const row = await this.row(id);
    if (!row) throw notFound('There is no link with this id. GET /api/downloads lists them.');
    const link = row.ended_at === null ? await this.settled(row) : row;
    const attempts = await this.database
      .selectFrom('attempts')
      .selectAll()
      .where('link_id', '=', id)
      .orderBy('started_at')
      .orderBy('id')
      .execute();
    return { link, attempts };
  }

  /** Ends a link and cuts what still runs of it; a link that has ended already stays as it is. @throws ProblemError 404 */
  async revoke(id: string): Promise<void> {
    if (await this.ending.revoke(id, 'by-user')) return;
    await this.get(id);
  }

  /** Brings the records of links up to date that could have ended without anybody noticing. */
  private async settle(expiredAt: number): Promise<void> {
    for (let after = ''; ;) {
      const overdue = await this.database
        .selectFrom('links')
        .selectAll()
        .where('ended_at', 'is', null)
        .where('expires_at', '<=', expiredAt)
        .where('id', '>', after)
        .orderBy('id')
        .limit(SETTLE_AT_ONCE)
        .execute();
      for (const row of overdue) await this.settled(row);
      const last = overdue.at(-1);
      if (!last || overdue.length < SETTLE_AT_ONCE) return;
      after = last.id;
    }
  }

  private async settled(row: LinkRow): Promise<LinkRow> {
    const live = await this.tokens.describe(row.id);
    if (live?.state === row.state) return row;
    if (live) await this.records.stateChanged(row.id, live.state, live.link);
    else await this.records.forgotten(row.id, row.expires_at <= this.clock.now() ? null : 'restart');
    return (await this.row(row.id)) ?? row;
  }

  private row(id: string): Promise<LinkRow | undefined> {
    return this.database.selectFrom('links').selectAll().where('id', '=', id).executeTakeFirst();
  }
}
