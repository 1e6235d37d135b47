import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import {
  ATTEMPT_ENDED,
  ATTEMPT_STARTED,
  type AttemptEndedEvent,
  type AttemptOutcome,
  type AttemptStartedEvent,
} from '../../common/events.js';
import type { AttemptVerdict } from '../../download-tokens/claim.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { LinkRecordsService, type NewAttemptRecord } from '../links/link-records.service.js';
import { persistently } from './persistently.js';

/** How an attempt ended. */
export interface AttemptResult {
  readonly outcome: AttemptOutcome;
  /** A short stable word: how delivery is known, or why not. */
  readonly reason: string;
  /** Bytes handed to the connection. */
  readonly sent: number;
  /** For the later attempts of its transfer. */
  readonly note?: string | undefined;
}

/** Writes an attempt's beginning and end where they count: first the token store, then the record, then whoever listens. */
@Injectable()
export class AttemptLedger {
  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly records: LinkRecordsService,
    private readonly events: EventEmitter2,
  ) {}

  async begin(attempt: NewAttemptRecord): Promise<void> {
    await this.records.attemptStarted(attempt);
    await this.records.stateChanged(attempt.linkId, 'active');
    const event: AttemptStartedEvent = { linkId: attempt.linkId, attemptId: attempt.id };
    this.events.emit(ATTEMPT_STARTED, event);
  }

  /** Spends the token or gives it back. Tried again while the store does not answer, for as long as the lease lasts. */
  async end(token: string, attempt: NewAttemptRecord, result: AttemptResult): Promise<void> {
    const verdict = await persistently(() => this.settle(token, attempt.id, result));
    await this.records.attemptEnded(attempt.id, result.sent, result.outcome, result.reason);
    if (verdict.link) await this.records.stateChanged(attempt.linkId, verdict.state, verdict.link);
    const { outcome, reason, sent: bytesSent } = result;
    const event: AttemptEndedEvent = {
      linkId: attempt.linkId,
      attemptId: attempt.id,
      outcome,
      reason,
      bytesSent,
    };
    this.events.emit(ATTEMPT_ENDED, event);
  }

  private settle(
    token: string,
    attemptId: string,
    { outcome, sent, note }: AttemptResult,
  ): Promise<AttemptVerdict> {
    return outcome === 'delivered'
      ? this.tokens.markTokenUsed(token, attemptId, note)
      : this.tokens.releaseToken(token, attemptId, { sent, advanced: false, note });
  }
}
