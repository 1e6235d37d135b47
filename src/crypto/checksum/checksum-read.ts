import { createHash, type Hash } from 'node:crypto';
import type { Evidence, ObservedRead } from '../../common/authenticator.js';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';

/** One pass over a range; when that is the whole, it is hashed on the way. */
export class ChecksumRead implements ObservedRead {
  private hash: Hash | undefined;
  private seen: Evidence | undefined;
  private started = false;

  constructor(
    private readonly source: ByteSource,
    private readonly range: ByteRange,
    private readonly signal: AbortSignal,
  ) {
    // Of a part the hash would be of no use, and hashing is what costs most.
    if (range.start === 0 && range.end === source.size) this.hash = createHash('sha256');
    if (source.size === 0) this.conclude();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.started) throw new Error('An observed read can be read once');
    this.started = true;
    let position = this.range.start;
    for await (const chunk of this.source.open(this.range, this.signal)) {
      // Before it is handed out: the consumer of the last byte may never ask for more.
      this.hash?.update(chunk);
      position += chunk.length;
      if (position === this.range.end) this.conclude();
      yield chunk;
    }
  }

  evidence(upTo = this.range.end): Evidence | undefined {
    return this.checkpoints().findLast((point) => point.end <= upTo);
  }

  checkpoints(): readonly Evidence[] {
    return this.seen ? [this.seen] : [];
  }

  private conclude(): void {
    if (!this.hash) return;
    this.seen = { start: this.range.start, end: this.range.end, state: this.hash.digest() };
    this.hash = undefined;
  }
}
