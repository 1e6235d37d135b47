/**
 * What happens, for those who only look on (metrics, audit, live progress). Sent through @nestjs/event-emitter, so that
 * who acts knows nobody who listens. No event carries a token.
 */

/** The sweep removed links; the payload is a `SweptLink[]` of download-tokens, never empty. */
export const LINKS_SWEPT = 'links.swept';
/** Payload: {@link LinkMintedEvent}. */
export const LINK_MINTED = 'link.minted';
/** Payload: {@link AttemptStartedEvent}. */
export const ATTEMPT_STARTED = 'attempt.started';
/** Payload: {@link AttemptEndedEvent}. */
export const ATTEMPT_ENDED = 'attempt.ended';
/** A client of the public endpoint was refused. Payload: {@link RedeemRefusedEvent}. */
export const REDEEM_REFUSED = 'redeem.refused';

export interface LinkMintedEvent {
  readonly linkId: string;
  readonly storageId: string;
}

export interface AttemptStartedEvent {
  readonly linkId: string;
  readonly attemptId: string;
}

/** What became of one HTTP response of a link; `broken`: by the client or the network, `failed`: by us or the storage. */
export type AttemptOutcome = 'delivered' | 'broken' | 'failed';

export interface AttemptEndedEvent {
  readonly linkId: string;
  readonly attemptId: string;
  readonly outcome: AttemptOutcome;
  /** A short stable word: how it is known, or why not. */
  readonly reason: string;
  readonly bytesSent: number;
}

export interface RedeemRefusedEvent {
  /** The problem's code. */
  readonly reason: string;
  readonly linkId?: string | undefined;
}
