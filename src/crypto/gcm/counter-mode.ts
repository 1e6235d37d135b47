import { createDecipheriv, type Decipheriv, type KeyObject } from 'node:crypto';
import { toBytes, type Block } from './block.js';
import { BLOCK_BYTES } from './gcm-limits.js';

/**
 * What is deciphered at once. Larger blocks are not kept by the allocator between uses: from 128 KiB on each costs page
 * faults that double the time (docs/decisions/0005).
 */
const PART_BYTES = 96 * 1024;

/**
 * Deciphers a GCM message from any offset on (SP 800-38D section 6.5). GCM counts in the low 32 bits of the counter
 * block and wraps there, OpenSSL's CTR carries on into the other 96: at the wrap the cipher is started anew.
 */
export class CounterMode {
  private cipher: Decipheriv;
  /** Bytes until the low 32 bits wrap. */
  private untilWrap: number;

  /**
   * @param j0 the message's pre-counter block
   * @param offset in bytes, where the first `update` stands in the message
   */
  constructor(
    private readonly key: KeyObject,
    private readonly j0: Readonly<Block>,
    offset: number,
  ) {
    const within = offset % BLOCK_BYTES;
    const counter = ((j0[3] >>> 0) + 1 + (offset - within) / BLOCK_BYTES) % 2 ** 32;
    this.cipher = this.start(counter);
    this.cipher.update(Buffer.alloc(within));
    this.untilWrap = (2 ** 32 - counter) * BLOCK_BYTES - within;
  }

  /**
   * The next bytes' plaintext, in parts. A part is the consumer's until it asks for the next one; then its memory is
   * given back at once, since waiting for the garbage collector costs as much as deciphering.
   */
  *update(bytes: Uint8Array): Generator<Uint8Array, void> {
    for (let position = 0; position < bytes.length;) {
      const length = Math.min(PART_BYTES, bytes.length - position, this.untilWrap);
      const part = this.cipher.update(bytes.subarray(position, position + length));
      position += length;
      this.untilWrap -= length;
      if (this.untilWrap === 0) this.wrap();
      yield part;
      free(part);
    }
  }

  private wrap(): void {
    this.cipher = this.start(0);
    this.untilWrap = 2 ** 32 * BLOCK_BYTES;
  }

  private start(counter: number): Decipheriv {
    const block = toBytes([this.j0[0], this.j0[1], this.j0[2], counter]);
    return createDecipheriv('aes-256-ctr', this.key, block);
  }
}

/** Detaches the memory behind a buffer that has it for itself. */
function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
