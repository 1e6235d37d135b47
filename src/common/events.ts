import type { ByteRange } from './byte-range.js';

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
/** Payload: {@link AttemptProgressEvent}; at most 4 a second for each attempt, and one at its end. */
export const ATTEMPT_PROGRESS = 'attempt.progress';
/** The record says something new of a link. Payload: {@link LinkStateEvent}. */
export const LINK_STATE = 'link.state';
/** A client has named the right digest of what it downloaded. Payload: {@link LinkConfirmedEvent}. */
export const LINK_CONFIRMED = 'link.confirmed';
/** A client named a wrong digest: its file is not what was sent, or it guesses. Payload: {@link DigestMismatchEvent}. */
export const DIGEST_MISMATCH = 'link.digest-mismatch';
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

/** How far one HTTP response of a link is. */
export interface AttemptProgressEvent {
  readonly linkId: string;
  readonly attemptId: string;
  readonly transferId: string;
  readonly client: string;
  /** Bytes of the file. */
  readonly size: number;
  /** What earlier attempts of the transfer were sent, merged and in order. */
  readonly earlier: readonly ByteRange[];
  /** Position in the file of its first byte, and how many bytes the connection has taken from there on. */
  readonly start: number;
  readonly sent: number;
  /** Bytes a second since the report before. */
  readonly rate: number;
}

export interface LinkStateEvent {
  readonly linkId: string;
  /** As in the record: available, active, used, expired, revoked or exhausted. */
  readonly state: string;
  readonly reason: string | null;
  /** Bytes of the file. */
  readonly size: number;
}

export interface LinkConfirmedEvent {
  readonly linkId: string;
  /** The address that confirmed, normalised. */
  readonly client: string;
}

export interface DigestMismatchEvent {
  readonly linkId: string;
  readonly client: string;
}

export interface RedeemRefusedEvent {
  /** The problem's code. */
  readonly reason: string;
  readonly linkId?: string | undefined;
}
