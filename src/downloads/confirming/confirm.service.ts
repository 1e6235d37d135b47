import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { Request } from 'express';
import { clientOf } from '../../common/client-address.js';
import {
  DIGEST_MISMATCH,
  LINK_CONFIRMED,
  type DigestMismatchEvent,
  type LinkConfirmedEvent,
} from '../../common/events.js';
import type { Confirmation } from '../../download-tokens/claim.js';
import type { DownloadLink } from '../../download-tokens/download-link.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { RunningAttempts } from '../delivery/running-attempts.js';
import { LinkRecordsService } from '../links/link-records.service.js';
import { presentedToken } from '../redeeming/presented-token.js';
import { RedemptionService } from '../redeeming/redemption.service.js';
import { linkInvalid } from '../redeeming/refusals.js';
import { confirmationNotAwaited, digestMismatch, notDownloaded } from './confirm-refusals.js';
import { LinkDigestService } from './link-digest.service.js';

/** Spends links whose client shows, by the SHA-256 of all bytes, that it has them (DELIVERY section 1). */
@Injectable()
export class ConfirmService {
  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly redemption: RedemptionService,
    private readonly digests: LinkDigestService,
    private readonly running: RunningAttempts,
    private readonly records: LinkRecordsService,
    private readonly events: EventEmitter2,
  ) {}

  /**
   * Resolves when the link is used. Whatever it throws, nothing is spent.
   * @param sha256 hexadecimal digits
   * @throws ProblemError 400, 401, 409, 422, 429, 500, 503
   */
  async confirm(request: Request, sha256: string): Promise<void> {
    const token = presentedToken(request);
    const link = await this.awaiting(token, request);
    const client = clientOf(request.ip);
    const digest = await this.digests.of(link);
    if (!timingSafeEqual(Buffer.from(digest, 'hex'), Buffer.from(sha256, 'hex'))) {
      const event: DigestMismatchEvent = { linkId: link.id, client };
      this.events.emit(DIGEST_MISMATCH, event);
      throw digestMismatch();
    }
    const spent = accepted(await this.tokens.confirm(token));
    await this.records.confirmed(spent, digest);
    const event: LinkConfirmedEvent = { linkId: link.id, client };
    this.events.emit(LINK_CONFIRMED, event);
  }

  /** The link, if a right digest would spend it now. */
  private async awaiting(token: string, request: Request): Promise<DownloadLink> {
    const seen = await this.tokens.inspectConfirmation(token);
    if (!seen) throw this.redemption.unknownToken(request);
    if (seen.outcome !== 'not-downloaded') return accepted(seen);
    // A small file's client may be quicker with its confirmation than we with the verdict on its download.
    await this.running.report(seen.link.id);
    return accepted(await this.tokens.inspectConfirmation(token));
  }
}

function accepted(confirmation: Confirmation | undefined): DownloadLink {
  switch (confirmation?.outcome) {
    case 'used':
      return confirmation.link;
    case 'not-downloaded':
      throw notDownloaded();
    case 'not-awaited':
      throw confirmationNotAwaited();
    default:
      throw linkInvalid();
  }
}
