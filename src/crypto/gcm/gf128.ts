import type { Block } from './block.js';

/** The field's polynomial x^128 + x^7 + x^2 + x + 1 in GCM's bit order. */
const REDUCTION = 0xe1000000;

/**
 * Multiplication in GF(2^128), NIST SP 800-38D section 6.3. Masks instead of branches: the time does not
 * depend on the operands, one of which is the secret H.
 */
export function multiply(x: Readonly<Block>, y: Readonly<Block>): Block {
  let [v0, v1, v2, v3] = y;
  let z0 = 0;
  let z1 = 0;
  let z2 = 0;
  let z3 = 0;
  for (const word of x) {
    for (let bit = 31; bit >= 0; bit--) {
      const take = -((word >>> bit) & 1);
      z0 ^= v0 & take;
      z1 ^= v1 & take;
      z2 ^= v2 & take;
      z3 ^= v3 & take;
      const carry = -(v3 & 1);
      v3 = (v3 >>> 1) | (v2 << 31);
      v2 = (v2 >>> 1) | (v1 << 31);
      v1 = (v1 >>> 1) | (v0 << 31);
      v0 = (v0 >>> 1) ^ (REDUCTION & carry);
    }
  }
  return [z0, z1, z2, z3];
}
