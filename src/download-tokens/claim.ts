import type { ByteRange } from '../common/byte-source.js';
import type { DownloadLink, LinkState, LiveAttempt } from './download-link.js';

/** What a client asks for when it redeems a token. */
export interface ClaimRequest {
  /** The client's normalised address. */
  readonly client: string;
  /** Within the link's pinned size; all of it makes a whole GET. */
  readonly range: ByteRange;
}

/** All but `busy` and `verifying` look alike to the client; those may try again. */
export type Refusal = 'unknown' | 'expired' | 'used' | 'revoked' | 'exhausted' | 'busy' | 'verifying';

export type Claim =
  | {
      readonly granted: true;
      readonly link: DownloadLink;
      readonly attempt: LiveAttempt;
      /** Ids of attempts this one takes over (rule 2): their connections must be destroyed before a byte is sent. */
      readonly displaced: readonly string[];
    }
  | { readonly granted: false; readonly refusal: Refusal; readonly link?: DownloadLink };

/** What a claim would meet at this moment, and the link as it is. */
export interface Inspection {
  readonly link: DownloadLink;
  readonly state: LinkState;
  /** Absent: the claim would be granted, or none was asked about. */
  readonly refusal?: Refusal;
}

/** How far a running attempt has come. */
export interface AttemptProgress {
  /** Bytes handed to the connection so far. */
  readonly sent: number;
  /** Whether the client acknowledged something new since the last report. */
  readonly advanced: boolean;
  /** Kept with the transfer when the attempt is over, for its later attempts. */
  readonly note?: string | undefined;
}

/** What a report or verdict on an attempt met. */
export interface AttemptVerdict {
  /** False: it counted for nothing (lease lost, link over, download complete already). */
  readonly accepted: boolean;
  /**
   * The link's state afterwards; `exhausted` also when only this attempt's transfer is. A stream must be cut when it is
   * `expired`, `revoked` or `exhausted`; in any other state it may go on, accepted or not (rules 8 and 11).
   */
  readonly state: LinkState;
  /** Absent: the token is unknown. */
  readonly link?: DownloadLink;
}

/** What a client's confirmation by the right digest met. */
export interface Confirmation {
  /**
   * - `used`: the link is spent, by this confirmation or by one less than a minute ago
   * - `not-downloaded`: no transfer owns it, so nobody can have its content from it
   * - `not-awaited`: its connections decide, not its client
   * - `over`: it has ended otherwise, or too long ago
   */
  readonly outcome: 'used' | 'not-downloaded' | 'not-awaited' | 'over';
  readonly state: LinkState;
  readonly link: DownloadLink;
}

/** A link and its state at one moment. */
export interface LinkSnapshot {
  readonly link: DownloadLink;
  readonly state: LinkState;
}

/** A link that the sweep removed, and how it ended. */
export type SweptLink = LinkSnapshot;
