import type { Evidence } from '../../common/authenticator.js';
import type { ByteRange } from '../../common/byte-source.js';
import { add, toBytes, ZERO, type Block } from './block.js';
import { BLOCK_BYTES } from './gcm-limits.js';
import type { Ghash } from './ghash.js';
import type { PieceHash } from './piece-hash.js';

/**
 * A checkpoint costs about 15 µs. At this distance the newest ones reach back over what can be on its way to a client,
 * some 6 MB; what is cut off behind one is read again for the proof.
 */
const CHECKPOINT_BYTES = 256 * 1024;
const MAX_CHECKPOINTS = 64;

/**
 * Hashes what passes by and remembers the state at checkpoints, so that the evidence can be cut back to what a
 * client really got. The newest checkpoints are kept all, older ones ever more sparsely: a bounded list that always
 * has an answer.
 */
export class EvidenceTrail {
  /** The first usable byte, and where usable bytes end. */
  private readonly start: number;
  private readonly end: number;
  private readonly checkpoints: { end: number; q: Readonly<Block> }[] = [];
  private running: Readonly<Block> = ZERO;
  private piece: PieceHash | undefined;
  private pieceStart: number;

  /** @param range what will pass by, of a message of `size` bytes; only its last block may be unfinished */
  constructor(
    private readonly ghash: Ghash,
    range: ByteRange,
    size: number,
  ) {
    this.start = Math.ceil(range.start / BLOCK_BYTES) * BLOCK_BYTES;
    this.end = range.end === size ? size : floor(range.end);
    this.pieceStart = this.start;
  }

  /** Takes a chunk that stands at `offset`. Chunks come in order and without gaps; no reference is kept. */
  feed(chunk: Uint8Array, offset: number): void {
    const from = Math.max(offset, this.start);
    const to = Math.min(offset + chunk.length, this.end);
    if (from >= to) return;
    const cut = to === this.end ? to : floor(to);
    if (to < this.end && cut - this.pieceStart < CHECKPOINT_BYTES) {
      this.hash(chunk.subarray(from - offset, to - offset));
      return;
    }
    this.hash(chunk.subarray(from - offset, cut - offset));
    this.checkpoint(cut);
    if (cut < to) this.hash(chunk.subarray(cut - offset, to - offset));
  }

  evidence(upTo = this.end): Evidence | undefined {
    return this.all().findLast((point) => point.end <= upTo);
  }

  all(): Evidence[] {
    return this.checkpoints.map(({ end, q }) => ({ start: this.start, end, state: toBytes(q) }));
  }

  private hash(bytes: Uint8Array): void {
    this.piece ??= this.ghash.piece();
    this.piece.update(bytes);
  }

  private checkpoint(end: number): void {
    if (!this.piece) return;
    const blocks = Math.ceil(this.piece.bytes / BLOCK_BYTES);
    this.running = add(this.ghash.raise(this.running, blocks), this.piece.digest());
    this.piece = undefined;
    this.pieceStart = end;
    if (this.checkpoints.length === MAX_CHECKPOINTS) this.thinOut();
    this.checkpoints.push({ end, q: this.running });
  }

  /** Drops every other one of the older half. */
  private thinOut(): void {
    const half = MAX_CHECKPOINTS / 2;
    const older = this.checkpoints.splice(0, half).filter((_, i) => i % 2 === 0);
    this.checkpoints.unshift(...older);
  }
}

function floor(offset: number): number {
  return offset - (offset % BLOCK_BYTES);
}
