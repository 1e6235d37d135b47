import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { Request } from 'express';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';
import { clientOf } from '../../common/client-address.js';
import { REDEEM_REFUSED, type RedeemRefusedEvent } from '../../common/events.js';
import { ProblemError } from '../../common/problem.js';
import type { Refusal } from '../../download-tokens/claim.js';
import type { DownloadLink } from '../../download-tokens/download-link.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { isStorageError } from '../../storage/storage-error.js';
import { BackupOpenerService, NO_SIDECAR, type OpenedBackup } from '../../backups/backup-opener.service.js';
import { DigestsService } from '../../backups/digests.service.js';
import { BadTokenBudget } from '../limits/bad-token-budget.js';
import { tooManyBadTokens } from '../limits/limit-refusals.js';
import { LinkEndingService } from '../links/link-ending.service.js';
import { VerificationService } from '../verification/verification.service.js';
import { entityTag } from './entity-tag.js';
import { evaluate } from './preconditions.js';
import { presentedToken } from './presented-token.js';
import {
  downloadFailed,
  fileChanged,
  linkBusy,
  linkInvalid,
  preconditionFailed,
  previewRefused,
  rangeNotSatisfiable,
} from './refusals.js';
import { isPreview } from './safe-requests.js';

/** A body that the client may have, if its claim is granted: everything was checked and nothing has changed yet. */
export interface Offer {
  readonly kind: 'body';
  readonly token: string;
  readonly link: DownloadLink;
  readonly client: string;
  readonly fileName: string;
  readonly source: ByteSource;
  readonly etag: string;
  readonly status: 200 | 206;
  readonly range: ByteRange;
  /** Hex SHA-256 of the whole, when it is remembered. */
  readonly sha256: string | undefined;
}

export interface NotModified {
  readonly kind: 'not-modified';
  readonly etag: string;
}

/** From a request to an offer, by the cheapest refusals first. Reads only; the claim comes after (DESIGN section 4). */
@Injectable()
export class RedemptionService {
  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly opener: BackupOpenerService,
    private readonly ending: LinkEndingService,
    private readonly events: EventEmitter2,
    private readonly badTokens: BadTokenBudget,
    private readonly verification: VerificationService,
    private readonly digests: DigestsService,
  ) {}

  /** The link behind a request that may go on. @throws ProblemError 400, 401, 403, 429 */
  async admit(request: Request): Promise<{ token: string; link: DownloadLink }> {
    const token = presentedToken(request);
    if (isPreview(request)) throw this.refused(previewRefused());
    const seen = await this.tokens.inspect(token);
    if (!seen) throw this.refused(this.unknownToken(request));
    if (seen.state !== 'available' && seen.state !== 'active') throw this.refused(linkInvalid(), seen.link);
    return { token, link: seen.link };
  }

  /** @throws ProblemError 400, 401, 403, 409, 412, 416, 422, 429, 500, 503 */
  async offer(request: Request): Promise<Offer | NotModified> {
    const { token, link } = await this.admit(request);
    const etag = entityTag(link);
    const evaluation = evaluate(request.method, request.headers, etag, link.size);
    if (evaluation.status === 304) return { kind: 'not-modified', etag };
    if (evaluation.status === 412) throw preconditionFailed();
    if (evaluation.status === 416) throw rangeNotSatisfiable(link.size);
    const { range } = evaluation;
    const client = clientOf(request.ip);
    const refusal = (await this.tokens.inspect(token, { client, range }))?.refusal;
    if (refusal) throw this.refusal(refusal, link);
    const { source, fileName } = await this.open(link);
    const sha256 = await this.digests.find(link);
    const { status } = evaluation;
    return { kind: 'body', token, link, client, fileName, source, etag, status, range, sha256 };
  }

  /** What a client is told when its claim is not granted. */
  refusal(refusal: Refusal, link?: DownloadLink): ProblemError {
    if (refusal === 'verifying' && link) return this.refused(this.verification.refusal(link), link);
    return this.refused(refusal === 'busy' ? linkBusy() : linkInvalid(), link);
  }

  /**
   * The refusal of a token that nobody was given. Only after the look: whoever shares the address of a guesser, and has a
   * valid link, gets its file.
   */
  unknownToken(request: Request): ProblemError {
    const waitMs = this.badTokens.spend(clientOf(request.ip));
    return waitMs > 0 ? tooManyBadTokens(waitMs) : linkInvalid();
  }

  /** Opens what the link was made for, or ends the link because that is no longer there. @throws ProblemError */
  async open(link: DownloadLink): Promise<OpenedBackup> {
    const opened = await this.opener.open(link.storageId, link.file, link).catch((error: unknown) => {
      // A storage that is gone takes its links with it; what cannot be decrypted says so itself.
      if (error instanceof ProblemError && error.code === NO_SIDECAR) return undefined;
      if (error instanceof ProblemError)
        throw error.status === 404 ? this.refused(linkInvalid(), link) : error;
      if (isStorageError(error, 'changed')) return undefined;
      throw downloadFailed(error);
    });
    if (opened?.source.size === link.size && opened.source.version === link.version) return opened;
    await this.ending.revoke(link.id, 'changed');
    throw this.refused(fileChanged(), link);
  }

  private refused(problem: ProblemError, link?: DownloadLink): ProblemError {
    const event: RedeemRefusedEvent = { reason: problem.code, linkId: link?.id };
    this.events.emit(REDEEM_REFUSED, event);
    return problem;
  }
}
