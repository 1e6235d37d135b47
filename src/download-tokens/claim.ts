import type { ByteRange } from '../common/byte-source.js';
import type { DownloadLink, LinkState, LiveAttempt } from './download-link.js';

/** What a client asks for when it redeems a token. */
export interface ClaimRequest {
  /** The client's normalised address. */
  readonly client: string;
  /** Within the link's pinned size. */
  readonly range: ByteRange;
  readonly whole: boolean;
}

/** `unknown`, `expired`, `used`, `revoked` and `exhausted` look alike to the client; `busy` may try again. */
export type Refusal = 'unknown' | 'expired' | 'used' | 'revoked' | 'exhausted' | 'busy';

export type Claim =
  | {
      readonly granted: true;
      readonly link: DownloadLink;
      readonly attempt: LiveAttempt;
      /** Ids of attempts this one takes over (rule 2): their connections must be destroyed before a byte is sent. */
      readonly displaced: readonly string[];
    }
  | { readonly granted: false; readonly refusal: Refusal; readonly link?: DownloadLink };

/** How far a running attempt has come. */
export interface AttemptProgress {
  /** Bytes handed to the connection so far. */
  readonly sent: number;
  /** Whether the client acknowledged something new since the last report. */
  readonly advanced: boolean;
}

/** What became of the link after an attempt's end. */
export interface AttemptVerdict {
  /** False: the fence had fallen (lease lost, link ended), and nothing was changed. */
  readonly accepted: boolean;
  readonly state: LinkState;
  readonly link?: DownloadLink;
}

/** A link that the sweep removed, and how it ended. */
export interface SweptLink {
  readonly link: DownloadLink;
  readonly state: LinkState;
}
