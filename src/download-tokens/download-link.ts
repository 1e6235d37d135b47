import type { ByteRange } from '../common/byte-source.js';

/** `active` while an attempt lives; the last four are final. */
export type LinkState = 'available' | 'active' | 'used' | 'expired' | 'revoked' | 'exhausted';

/** What the link promises; fixed when it is generated. Times in ms since the epoch, by the store's clock. */
export interface LinkTerms {
  /** Public; names the link in lists, logs and audit. The token itself is known only as its SHA-256. */
  readonly id: string;
  readonly storageId: string;
  /** Path inside the storage. */
  readonly file: string;
  readonly decrypt: boolean;
  /** Delivered together with its sidecar, as one tar. */
  readonly sidecar: boolean;
  readonly createdAt: number;
  /** Start-by: later, only a transfer that owns the link may go on. A verification that comes first moves it. */
  readonly expiresAt: number;
  /** How long after it is first owned the link lives: `finishBy` comes from this. */
  readonly transferWindowMs: number;
  /** Bytes of the delivered form, pinned. */
  readonly size: number;
  /** `ByteSource.version` of the delivered form, pinned. */
  readonly version: string;
  readonly maxDownloads: number;
  /** `client`: transfers are told apart by address. `none`: everybody is one client. */
  readonly bind: 'client' | 'none';
  /** What spends the link: its connections show that all is delivered, or its client names the SHA-256 of all of it. */
  readonly confirm: 'connection' | 'digest';
}

/** What the link waits for, or waited for, before it grants its first claim. */
export interface LinkVerification {
  readonly state: 'running' | 'passed';
  /** Start-by counts so many ms from its end. */
  readonly ttlMs: number;
}

/** One client's download of the link. */
export interface Transfer {
  readonly id: string;
  /** The client's address as the caller normalised it (IPv4, IPv6 /64), or `*` with `bind: "none"`. */
  readonly client: string;
  /** Stretches known to be delivered, merged and in order. */
  readonly coverage: readonly ByteRange[];
  /** Stretches sent at least once, merged and in order. */
  readonly sent: readonly ByteRange[];
  /** What each broken attempt was sent, while a later range may still vouch for a part of it (rule 7). */
  readonly broken: readonly ByteRange[];
  /** Attempts begun, and bytes sent in all of them. */
  readonly attempts: number;
  readonly bytesSent: number;
  /** Bytes that were sent before and were sent again since the coverage last grew (rule 9). */
  readonly resent: number;
  /** Since when it owns the link (rule 4); null: it does not. */
  readonly ownedAt: number | null;
  /** When its coverage became complete. */
  readonly completedAt: number | null;
  /** When its budget was spent. */
  readonly exhaustedAt: number | null;
  /** What the caller wants kept of its attempts until it is settled, in the order in which they ended; opaque here. */
  readonly notes: readonly string[];
}

/** One HTTP response that still runs or waits for its verdict. */
export interface LiveAttempt {
  readonly id: string;
  readonly transferId: string;
  readonly range: ByteRange;
  /** A whole GET: no Range, or one from 0 to the end. */
  readonly whole: boolean;
  readonly startedAt: number;
  /** Bytes handed to the connection so far, from `range.start`. */
  readonly sent: number;
  /** When the client last acknowledged something new. */
  readonly progressAt: number;
  /** The fence: from then on the attempt can no longer mark the link used. */
  readonly leaseUntil: number;
  /** Where later ranges of the transfer started inside this one while it lived (rule 7). */
  readonly laterStarts: readonly number[];
}

/** A live link: its terms and what has happened to it so far. */
export interface DownloadLink extends LinkTerms {
  readonly used: boolean;
  readonly usedAt: number | null;
  /** Finish-by; set when a transfer first owns the link. */
  readonly finishBy: number | null;
  /** How it ended by an act. By time alone it expires: `stateOf` (rules) tells. */
  readonly ended: {
    readonly state: 'revoked' | 'exhausted';
    readonly reason: string;
    readonly at: number;
  } | null;
  /** Null: no verification comes first. One that fails ends the link. */
  readonly verification: LinkVerification | null;
  /** With `confirm: "digest"`: when a transfer's coverage first became complete. */
  readonly unconfirmedSince: number | null;
  /** In the order they began. */
  readonly transfers: readonly Transfer[];
  readonly attempts: readonly LiveAttempt[];
}
