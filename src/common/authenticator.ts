import type { ByteRange } from './byte-range.js';

/**
 * What one pass over a stretch of a file contributes to the proof over the whole of it.
 * `state` is opaque to all but the authenticator that made it, and secret: with the ciphertext it
 * gives the authentication key away, so it is never logged and is stored only encrypted.
 */
export interface Evidence extends ByteRange {
  readonly state: Uint8Array;
}

/** A read that gathers evidence from the very buffers it hands out. */
export interface ObservedRead extends AsyncIterable<Uint8Array> {
  /**
   * Evidence of the longest observed stretch that ends at or before `upTo` (default: all that was read).
   * It may start later and end earlier than asked, by the authenticator's alignment and its checkpoints;
   * undefined when nothing usable was observed.
   */
  evidence(upTo?: number): Evidence | undefined;
  /** Everything that `evidence` could answer, in order: all begin at the same byte, each ends later than the one before. */
  checkpoints(): readonly Evidence[];
}

/** Proves the content of a source whose bytes can only be trusted as a whole (DELIVERY section 3 names the algebra). */
export interface Authenticator {
  /** Evidence starts at a multiple of this many bytes, and ends at one or at the end of the source. */
  readonly alignment: number;
  /** Lower-case hex SHA-256 of the whole content, if the proof is right; absent: the proof is of another kind. */
  readonly sha256?: string;
  /** As `ByteSource.open`, and gathers evidence on the way. */
  observe(range: ByteRange, signal: AbortSignal): ObservedRead;
  /** Evidence of a stretch that nobody needs to receive: reads it without deciphering. `range` must be aligned. */
  gather(range: ByteRange, signal: AbortSignal): Promise<Evidence>;
  /** What must still be gathered, so that these pieces (without overlap) and it are enough for {@link verify}. */
  missing(pieces: readonly Evidence[]): ByteRange[];
  /** True when the pieces cover the whole source without gap or overlap, in any order, and the content is authentic. */
  verify(pieces: readonly Evidence[]): boolean;
}
