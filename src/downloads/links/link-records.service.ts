import { Inject, Injectable } from '@nestjs/common';
import type { ByteRange } from '../../common/byte-source.js';
import { CLOCK, type Clock } from '../../common/clock.js';
import type { AttemptOutcome } from '../../common/events.js';
import type { Principal } from '../../common/principal.js';
import { DATABASE } from '../../database/database.tokens.js';
import type { Database } from '../../database/open-database.js';
import type { DownloadLink, LinkState } from '../../download-tokens/download-link.js';

export interface NewLinkRecord {
  readonly link: DownloadLink;
  readonly fileName: string;
  readonly encrypted: boolean;
  readonly issuer: Principal;
}

export interface NewAttemptRecord {
  readonly id: string;
  readonly linkId: string;
  readonly transferId: string;
  readonly client: string;
  readonly userAgent: string;
  readonly range: ByteRange;
}

/** Writes down for ever what became of each link and each attempt. The rules never read it; people do. */
@Injectable()
export class LinkRecordsService {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async linkMinted({ link, fileName, encrypted, issuer }: NewLinkRecord): Promise<void> {
    await this.database
      .insertInto('links')
      .values({
        id: link.id,
        storage_id: link.storageId,
        file: link.file,
        file_name: fileName,
        size: link.size,
        version: link.version,
        decrypt: Number(link.decrypt),
        encrypted: Number(encrypted),
        max_downloads: link.maxDownloads,
        issuer_kind: issuer.kind,
        issuer_id: issuer.id,
        state: 'available',
        reason: null,
        created_at: link.createdAt,
        expires_at: link.expiresAt,
        finish_by: null,
        ended_at: null,
      })
      .execute();
  }

  async fileNameOf(linkId: string): Promise<string | undefined> {
    const query = this.database.selectFrom('links').select('file_name').where('id', '=', linkId);
    return (await query.executeTakeFirst())?.file_name;
  }

  /** A final state stays: a late verdict does not bring a link back. */
  async stateChanged(linkId: string, state: LinkState, link?: DownloadLink): Promise<void> {
    const ended = state !== 'available' && state !== 'active';
    await this.database
      .updateTable('links')
      .set({
        state,
        ...(link ? { finish_by: link.finishBy } : {}),
        ...(ended ? { ended_at: this.clock.now(), reason: link?.ended?.reason ?? null } : {}),
      })
      .where('id', '=', linkId)
      .where('ended_at', 'is', null)
      .execute();
  }

  /** The store no longer knows the link. */
  async forgotten(linkId: string, reason: string | null): Promise<void> {
    await this.database
      .updateTable('links')
      .set({ state: 'expired', reason, ended_at: this.clock.now() })
      .where('id', '=', linkId)
      .where('ended_at', 'is', null)
      .execute();
  }

  async attemptStarted(attempt: NewAttemptRecord): Promise<void> {
    await this.database
      .insertInto('attempts')
      .values({
        id: attempt.id,
        link_id: attempt.linkId,
        transfer_id: attempt.transferId,
        client: attempt.client,
        user_agent: attempt.userAgent,
        range_start: attempt.range.start,
        range_end: attempt.range.end,
        started_at: this.clock.now(),
        ended_at: null,
        bytes_sent: 0,
        outcome: null,
        reason: null,
      })
      .execute();
  }

  async attemptEnded(id: string, bytesSent: number, outcome: AttemptOutcome, reason: string): Promise<void> {
    await this.database
      .updateTable('attempts')
      .set({ bytes_sent: bytesSent, outcome, reason, ended_at: this.clock.now() })
      .where('id', '=', id)
      .execute();
  }
}
