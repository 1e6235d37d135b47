import type { Socket } from 'node:net';
import type { Request, Response } from 'express';
import type { ObservedRead } from '../../common/authenticator.js';
import type { ByteRange } from '../../common/byte-source.js';
import type { LiveAttempt } from '../../download-tokens/download-link.js';
import type { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import type { NewAttemptRecord } from '../links/link-records.service.js';
import type { Trail } from '../proof/choose-pieces.js';
import type { Offer } from '../redeeming/redemption.service.js';
import { BodyWriter, ConnectionLostError } from './body-writer.js';
import { LeaseKeeper } from './lease-keeper.js';
import { CutError, type RunningAttempt } from './running-attempts.js';

/** One granted claim on its way to the client: what belongs to one response, and what others may ask of it. */
export class RunningDelivery implements RunningAttempt {
  readonly id: string;
  readonly linkId: string;
  readonly transferId: string;
  readonly range: ByteRange;
  readonly socket: Socket;
  readonly writer: BodyWriter;
  readonly lease: LeaseKeeper;
  readonly record: NewAttemptRecord;
  /** What the read gathers for the proof; undefined for content that needs none. */
  readonly observed: ObservedRead | undefined;
  over: Promise<void> = Promise.resolve();
  /** Why we ended it, if we did. */
  cutReason: string | undefined;
  private readonly abort = new AbortController();

  constructor(
    readonly offer: Offer,
    attempt: LiveAttempt,
    request: Request,
    readonly response: Response,
    tokens: DownloadTokensService,
  ) {
    this.id = attempt.id;
    this.linkId = offer.link.id;
    this.transferId = attempt.transferId;
    this.range = offer.range;
    this.socket = request.socket;
    this.writer = new BodyWriter(response);
    this.lease = new LeaseKeeper(tokens, offer.token, attempt.id, () => this.writer.sent, this.cut);
    this.observed = offer.source.authenticator?.observe(offer.range, this.signal);
    this.record = {
      id: attempt.id,
      linkId: offer.link.id,
      transferId: attempt.transferId,
      client: offer.client,
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 256),
      range: offer.range,
    };
    response.once('close', () => {
      this.abort.abort(new ConnectionLostError());
    });
  }

  /** Aborted when nobody needs the body any more; the reason says why. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  readonly cut = (reason: string): void => {
    this.cutReason ??= reason;
    this.abort.abort(new CutError(reason));
    // Not the response: once flushed it has let go of its connection, and the verdict may be open for long.
    this.socket.destroy();
  };

  sent(): number {
    return this.writer.sent;
  }

  written(): boolean {
    return this.writer.sent === this.range.end - this.range.start;
  }

  failed(): boolean {
    return this.signal.aborted;
  }

  async report(): Promise<void> {
    await this.lease.reportNow();
  }

  trail(): Trail {
    const sentUpTo = this.range.start + this.writer.sent;
    return this.observed?.checkpoints().filter((evidence) => evidence.end <= sentUpTo) ?? [];
  }
}
