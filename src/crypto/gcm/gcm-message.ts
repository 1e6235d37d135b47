import { createDecipheriv, createHash, timingSafeEqual, type KeyObject } from 'node:crypto';
import { add, lengthBlock, toBlock, toBytes, type Block } from './block.js';
import { CounterMode } from './counter-mode.js';
import { IV_BYTES, KEY_BYTES, MAX_MESSAGE_BYTES, TAG_BYTES } from './gcm-limits.js';
import { emptyTag, Ghash } from './ghash.js';
import { multiply } from './gf128.js';

/** What opens one AES-256-GCM message without AAD. */
export interface GcmParameters {
  /** 32 bytes. */
  readonly key: KeyObject;
  /** 12 or 16 bytes. */
  readonly iv: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** The algebra of one AES-256-GCM message: its counters and its tag. Holds no content. */
export class GcmMessage {
  readonly ghash: Ghash;
  private readonly key: KeyObject;
  private readonly expectedTag: Buffer;
  /** E(J0). */
  private readonly tagMask: Buffer;
  private readonly j0: Readonly<Block>;

  /** @throws RangeError for a key, IV, tag or size that AES-256-GCM does not allow here */
  constructor(
    { key, iv, tag }: GcmParameters,
    /** In bytes. */
    readonly size: number,
  ) {
    if (key.symmetricKeySize !== KEY_BYTES) throw new RangeError('An AES-256 key has 32 bytes');
    if (!IV_BYTES.includes(iv.length)) throw new RangeError('The IV must have 12 or 16 bytes');
    if (tag.length !== TAG_BYTES) throw new RangeError('The tag must have 16 bytes');
    if (size > MAX_MESSAGE_BYTES) throw new RangeError('A GCM message has at most 2^36 - 32 bytes');
    this.key = key;
    this.expectedTag = Buffer.from(tag);
    this.ghash = new Ghash(key);
    // E(J0) deciphered is J0 for every length of IV, so GHASH(IV) need not be computed here.
    this.tagMask = emptyTag(key, iv);
    const ecb = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.j0 = toBlock(ecb.update(this.tagMask));
  }

  decipherFrom(offset: number): CounterMode {
    return new CounterMode(this.key, this.j0, offset);
  }

  /** Whether the tag is right for a ciphertext of our size whose GHASH state is `q`. */
  matches(q: Readonly<Block>): boolean {
    const length = multiply(lengthBlock(0, this.size), this.ghash.h);
    const tag = toBytes(add(toBlock(this.tagMask), add(length, q)));
    return timingSafeEqual(tag, this.expectedTag);
  }

  /**
   * A version of the plaintext: changes with the ciphertext's version, the IV, the tag and the key (E(J0) stands
   * for key and IV, and is not to be found from its hash).
   */
  version(ciphertextVersion: string): string {
    return createHash('sha256')
      .update('drawbridge/gcm/1\0')
      .update(this.tagMask)
      .update(toBytes(this.j0))
      .update(this.expectedTag)
      .update(ciphertextVersion)
      .digest('base64url');
  }
}
