import { createDecipheriv, type Decipheriv, type KeyObject } from 'node:crypto';
import { toBytes, type Block } from './block.js';
import { BLOCK_BYTES } from './gcm-limits.js';

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

  /** The next bytes' plaintext, in fresh memory. Two parts where the counter wraps. */
  update(bytes: Uint8Array): Buffer[] {
    if (bytes.length < this.untilWrap) {
      this.untilWrap -= bytes.length;
      return [this.cipher.update(bytes)];
    }
    const before = this.cipher.update(bytes.subarray(0, this.untilWrap));
    const rest = bytes.subarray(this.untilWrap);
    this.cipher = this.start(0);
    this.untilWrap = 2 ** 32 * BLOCK_BYTES - rest.length;
    return rest.length === 0 ? [before] : [before, this.cipher.update(rest)];
  }

  private start(counter: number): Decipheriv {
    const block = toBytes([this.j0[0], this.j0[1], this.j0[2], counter]);
    return createDecipheriv('aes-256-ctr', this.key, block);
  }
}
