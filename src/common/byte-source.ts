import type { Authenticator } from './authenticator.js';
import type { ByteRange } from './byte-range.js';

export type { ByteRange } from './byte-range.js';

/**
 * When may a byte be trusted?
 * - `none`: never by itself (a plain file)
 * - `per-chunk`: on arrival; the source yields verified bytes only
 * - `whole`: after all bytes were seen; the source has an {@link Authenticator}
 */
export type Integrity = 'none' | 'per-chunk' | 'whole';

/** Random-access, read-only bytes. Storage adapters produce one; deciphers turn one into another; delivery serves one. */
export interface ByteSource {
  /** In bytes; always known before the first byte is sent. */
  readonly size: number;
  /** Opaque; changes when the content changes. */
  readonly version: string;
  readonly integrity: Integrity;
  /** Present exactly when `integrity` is `whole`. */
  readonly authenticator?: Authenticator;
  /**
   * A true ranged read: yields exactly `range.end - range.start` bytes in order, or throws.
   * A chunk belongs to the consumer until it asks for the next one; then its memory may be reused.
   * Leaving the loop or aborting the signal frees what the read holds (handles, connections).
   */
  open(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The whole of a source as a range. */
export function wholeOf(source: { readonly size: number }): ByteRange {
  return { start: 0, end: source.size };
}
