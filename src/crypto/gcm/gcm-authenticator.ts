import type { Authenticator, Evidence, ObservedRead } from '../../common/authenticator.js';
import { gapsIn } from '../../common/byte-ranges.js';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';
import { add, toBlock, toBytes, ZERO, type Block } from './block.js';
import { BLOCK_BYTES } from './gcm-limits.js';
import type { GcmMessage } from './gcm-message.js';
import { GcmRead } from './gcm-read.js';

/**
 * Authenticates a GCM message from pieces that were seen in any order (DELIVERY section 3): GHASH is linear, so 16
 * bytes of state stand for each piece.
 */
export class GcmAuthenticator implements Authenticator {
  readonly alignment = BLOCK_BYTES;

  constructor(
    private readonly ciphertext: ByteSource,
    private readonly message: GcmMessage,
  ) {}

  observe(range: ByteRange, signal: AbortSignal): ObservedRead {
    return new GcmRead(this.ciphertext, this.message, range, signal);
  }

  /** @throws RangeError when the range is not empty and does not start and end at a multiple of 16 or at the end of the source */
  async gather(range: ByteRange, signal: AbortSignal): Promise<Evidence> {
    // Of nothing wherever it stands: callers need not look for a gap of no length at an unaligned end.
    if (range.start === range.end) return { start: range.start, end: range.end, state: toBytes(ZERO) };
    if (!this.isAligned(range)) throw new RangeError('Evidence is gathered in whole blocks');
    const piece = this.message.ghash.piece();
    for await (const chunk of this.ciphertext.open(range, signal)) piece.update(chunk);
    return { start: range.start, end: range.end, state: toBytes(piece.digest()) };
  }

  missing(pieces: readonly Evidence[]): ByteRange[] {
    return gapsIn({ start: 0, end: this.message.size }, pieces);
  }

  verify(pieces: readonly Evidence[]): boolean {
    let q: Readonly<Block> = ZERO;
    let position = 0;
    const inOrder = pieces
      .filter((piece) => piece.start !== piece.end)
      .sort((a, b) => a.start - b.start || a.end - b.end);
    for (const piece of inOrder) {
      if (piece.start !== position || piece.end < piece.start || !this.isAligned(piece)) return false;
      if (piece.state.length !== BLOCK_BYTES) return false;
      const blocks = Math.ceil((piece.end - piece.start) / BLOCK_BYTES);
      q = add(this.message.ghash.raise(q, blocks), toBlock(piece.state));
      position = piece.end;
    }
    return position === this.message.size && this.message.matches(q);
  }

  private isAligned({ start, end }: ByteRange): boolean {
    return start % BLOCK_BYTES === 0 && (end % BLOCK_BYTES === 0 || end === this.message.size);
  }
}
