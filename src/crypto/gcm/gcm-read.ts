import type { Evidence, ObservedRead } from '../../common/authenticator.js';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';
import { EvidenceTrail } from './evidence-trail.js';
import type { GcmMessage } from './gcm-message.js';

/** One pass over a range: deciphers the ciphertext and hashes the very same buffers. */
export class GcmRead implements ObservedRead {
  private readonly trail: EvidenceTrail;
  private started = false;

  constructor(
    private readonly ciphertext: ByteSource,
    private readonly message: GcmMessage,
    private readonly range: ByteRange,
    private readonly signal: AbortSignal,
  ) {
    this.trail = new EvidenceTrail(message.ghash, range, message.size);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.started) throw new Error('An observed read can be read once');
    this.started = true;
    const cipher = this.message.decipherFrom(this.range.start);
    let position = this.range.start;
    for await (const chunk of this.ciphertext.open(this.range, this.signal)) {
      // Before anything is handed out: the chunk's memory may be reused, and the consumer of the last byte
      // may never ask for more.
      this.trail.feed(chunk, position);
      position += chunk.length;
      yield* cipher.update(chunk);
    }
  }

  evidence(upTo?: number): Evidence | undefined {
    return this.trail.evidence(upTo);
  }

  checkpoints(): readonly Evidence[] {
    return this.trail.all();
  }
}
