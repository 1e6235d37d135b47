import { createCipheriv, type KeyObject } from 'node:crypto';
import { add, lengthBlock, toBlock, type Block } from './block.js';
import { BLOCK_BYTES, TAG_BYTES } from './gcm-limits.js';
import { multiply } from './gf128.js';
import { PieceHash } from './piece-hash.js';

/**
 * GHASH of one key, at native speed: the tag of a GCM message that has only AAD contains the GHASH of that AAD.
 * For a piece of ciphertext blocks X_0..X_(n-1) it yields Q = Σ X_j · H^(n-j+1); pieces join by
 * Q(A‖B) = Q(A) · H^(blocks of B) + Q(B), and a message's tag is E(J0) + (its length block) · H + Q(all of it).
 */
export class Ghash {
  /** E(0^128), the hash key. Secret. */
  readonly h: Readonly<Block>;
  /** Tag of the empty message under the private nonce: what masks every piece's tag. */
  private readonly mask: Readonly<Block>;
  /** H^(2^i), made as needed. */
  private readonly squares: Readonly<Block>[];

  constructor(private readonly key: KeyObject) {
    const ecb = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.h = toBlock(ecb.update(Buffer.alloc(BLOCK_BYTES)));
    this.squares = [this.h];
    this.mask = toBlock(emptyTag(key, PieceHash.NONCE));
  }

  /** Starts a piece. */
  piece(): PieceHash {
    return new PieceHash(this.key, (tag, bytes) =>
      add(add(tag, this.mask), multiply(lengthBlock(bytes, 0), this.h)),
    );
  }

  /** `block` · H^`exponent`, for exponents below 2^33. */
  raise(block: Readonly<Block>, exponent: number): Block {
    let result: Block = [...block];
    for (let i = 0, rest = exponent; rest > 0; i++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = multiply(result, this.square(i));
    }
    return result;
  }

  private square(i: number): Readonly<Block> {
    for (let n = this.squares.length; n <= i; n++) {
      const last = this.squares[n - 1] ?? this.h;
      this.squares.push(multiply(last, last));
    }
    return this.squares[i] ?? this.h;
  }
}

/** GCM's tag of nothing is E(J0), the mask of every tag under that IV. */
export function emptyTag(key: KeyObject, iv: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  cipher.final();
  return cipher.getAuthTag();
}
