import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { add, lengthBlock, toBytes, type Block } from '../../src/crypto/gcm/block.js';
import { Ghash } from '../../src/crypto/gcm/ghash.js';
import { multiply } from '../../src/crypto/gcm/gf128.js';

/** One GCM message, made by Node itself. */
export interface GcmVector {
  readonly key: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly plain: Buffer;
  readonly ciphertext: Buffer;
}

/** Encrypts as DBackup does: AES-256-GCM, no AAD. */
export function encryptGcm(
  plain: Buffer,
  key: Buffer = randomBytes(32),
  iv: Buffer = randomBytes(16),
): GcmVector {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 16 });
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return { key, iv, tag: cipher.getAuthTag(), plain, ciphertext };
}

/**
 * A 16-byte IV under which the low 32 bits of GCM's first counter block J0 are `low32`. A message wraps its counter
 * after `2^32 - low32` blocks (J0 itself is the one before the first). Solves J0 = IV·H² + L·H for the IV.
 */
export function ivForCounter(key: Uint8Array, low32: number): Buffer {
  const { h } = new Ghash(createSecretKey(key));
  const j0: Block = [0x01234567, 0x89abcdef, 0xfedcba98, low32];
  const hInverse = inverse(h);
  const ivTimesHSquared = add(j0, multiply(lengthBlock(0, 16), h));
  return toBytes(multiply(ivTimesHSquared, multiply(hInverse, hInverse)));
}

/** x^(2^128 - 2), by Fermat. */
function inverse(x: Readonly<Block>): Block {
  let square: Block = multiply(x, x);
  let result: Block = square;
  for (let i = 2; i < 128; i++) {
    square = multiply(square, square);
    result = multiply(result, square);
  }
  return result;
}
