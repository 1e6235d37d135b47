import { Inject, Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { Updateable } from 'kysely';
import type { ByteRange, Integrity } from '../../common/byte-source.js';
import { CLOCK, type Clock } from '../../common/clock.js';
import { LINK_STATE, type AttemptOutcome, type LinkStateEvent } from '../../common/events.js';
import type { Principal } from '../../common/principal.js';
import { DATABASE } from '../../database/database.tokens.js';
import type { Database } from '../../database/open-database.js';
import type { LinksTable } from '../../database/schema.js';
import type { DownloadLink, LinkState } from '../../download-tokens/download-link.js';
import { endReason, isFinal } from '../../download-tokens/rules/index.js';

export interface NewLinkRecord {
  readonly link: DownloadLink;
  readonly fileName: string;
  readonly encrypted: boolean;
  readonly integrity: Integrity;
  /** `passed`: its content was verified before; null: nothing is verified first. */
  readonly verification: 'running' | 'passed' | null;
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
    private readonly events: EventEmitter2,
  ) {}

  async linkMinted(record: NewLinkRecord): Promise<void> {
    const { link, fileName, encrypted, integrity, verification, issuer } = record;
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
        integrity,
        confirm: link.confirm,
        confirmed_at: null,
        sha256: null,
        deliveries: 0,
        verification,
        sidecar: Number(link.sidecar),
      })
      .execute();
    this.tell({ linkId: link.id, state: 'available', reason: null, size: link.size });
  }

  async fileNameOf(linkId: string): Promise<string | undefined> {
    const query = this.database.selectFrom('links').select('file_name').where('id', '=', linkId);
    return (await query.executeTakeFirst())?.file_name;
  }

  /** A final state stays: a late verdict does not bring a link back. */
  async stateChanged(linkId: string, state: LinkState, link?: DownloadLink): Promise<void> {
    const ended = isFinal(state);
    const reason = link ? endReason(link, state) : null;
    const deliveries = link?.transfers.filter((transfer) => transfer.completedAt !== null).length;
    await this.change(linkId, reason, {
      state,
      ...(link ? { finish_by: link.finishBy } : {}),
      ...(deliveries === undefined ? {} : { deliveries }),
      ...(ended ? { ended_at: this.clock.now(), reason } : {}),
    });
  }

  /** The store no longer knows the link. */
  async forgotten(linkId: string, reason: string | null): Promise<void> {
    await this.change(linkId, reason, { state: 'expired', reason, ended_at: this.clock.now() });
  }

  /** Its client has confirmed the link, which is used now. The first confirmation stays. */
  async confirmed(link: DownloadLink, sha256: string): Promise<void> {
    await this.database
      .updateTable('links')
      .set({ confirmed_at: this.clock.now(), sha256 })
      .where('id', '=', link.id)
      .where('confirmed_at', 'is', null)
      .execute();
    await this.stateChanged(link.id, 'used', link);
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

  private async change(
    linkId: string,
    reason: string | null,
    values: Updateable<LinksTable> & { readonly state: LinkState },
  ): Promise<void> {
    const changed = await this.database
      .updateTable('links')
      .set(values)
      .where('id', '=', linkId)
      .where('ended_at', 'is', null)
      .returning('size')
      .executeTakeFirst();
    if (changed) this.tell({ linkId, state: values.state, reason, size: changed.size });
  }

  private tell(event: LinkStateEvent): void {
    this.events.emit(LINK_STATE, event);
  }
}
