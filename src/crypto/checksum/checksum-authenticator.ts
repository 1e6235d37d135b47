import { timingSafeEqual } from 'node:crypto';
import type { Authenticator, Evidence, ObservedRead } from '../../common/authenticator.js';
import { wholeOf, type ByteRange, type ByteSource } from '../../common/byte-source.js';
import { ChecksumRead } from './checksum-read.js';

/**
 * Checks a content against its SHA-256. Unlike GCM's, the hash of a file does not come from hashes of its parts: only a
 * read of the whole, in order, is evidence, and whoever has seen less reads all of it once for the proof.
 */
export class ChecksumAuthenticator implements Authenticator {
  /** Nothing but the whole is aligned. */
  readonly alignment: number;

  constructor(
    private readonly source: ByteSource,
    readonly sha256: string,
  ) {
    this.alignment = Math.max(1, source.size);
  }

  observe(range: ByteRange, signal: AbortSignal): ObservedRead {
    return new ChecksumRead(this.source, range, signal);
  }

  /** @throws RangeError when the range is not the whole */
  async gather(range: ByteRange, signal: AbortSignal): Promise<Evidence> {
    if (!this.isWhole(range)) throw new RangeError('A checksum is of the whole content');
    const read = new ChecksumRead(this.source, range, signal);
    const chunks = read[Symbol.asyncIterator]();
    while (!(await chunks.next()).done);
    const evidence = read.evidence();
    if (!evidence) throw new Error('The source ended early');
    return evidence;
  }

  missing(pieces: readonly Evidence[]): ByteRange[] {
    return pieces.some((piece) => this.isWhole(piece)) ? [] : [wholeOf(this.source)];
  }

  verify(pieces: readonly Evidence[]): boolean {
    const [whole, ...others] = pieces;
    if (!whole || others.length > 0 || !this.isWhole(whole)) return false;
    const expected = Buffer.from(this.sha256, 'hex');
    return whole.state.length === expected.length && timingSafeEqual(whole.state, expected);
  }

  private isWhole({ start, end }: ByteRange): boolean {
    return start === 0 && end === this.source.size;
  }
}
