import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { add, lengthBlock, toBlock, toBytes, ZERO } from './block.js';
import { Ghash } from './ghash.js';
import { multiply } from './gf128.js';

const ghash = new Ghash(createSecretKey(randomBytes(32)));

/** GHASH by its definition, one multiplication a block. */
function slowly(bytes: Buffer) {
  const padded = Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
  let y = [...ZERO] as ReturnType<typeof toBlock>;
  for (let at = 0; at < padded.length; at += 16)
    y = multiply(add(y, toBlock(padded.subarray(at, at + 16))), ghash.h);
  return multiply(y, ghash.h);
}

describe('GHASH of a piece', () => {
  it('equals its definition for every length and every way to feed it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), (parts) => {
        const piece = ghash.piece();
        for (const part of parts) piece.update(part);
        const all = Buffer.concat(parts);
        expect(piece.bytes).toBe(all.length);
        expect(toBytes(piece.digest()).equals(toBytes(slowly(all)))).toBe(true);
      }),
    );
  });

  it('keeps no reference to what it was fed', () => {
    const bytes = Buffer.from('seventeen bytes..');
    const piece = ghash.piece();
    piece.update(bytes);
    const expected = slowly(bytes);
    bytes.fill(0);
    expect(toBytes(piece.digest())).toEqual(toBytes(expected));
  });

  it('raises to powers that need more than 32 bits', () => {
    const exponent = 2 ** 32 - 1;
    const onePower = ghash.raise(ghash.h, exponent);
    const twoPowers = ghash.raise(ghash.raise(ghash.h, exponent - 12345), 12345);
    expect(toBytes(onePower)).toEqual(toBytes(twoPowers));
    expect(ghash.raise(ghash.h, 0)).toEqual(ghash.h);
    expect(toBytes(ghash.raise(ghash.h, 2 ** 32))).toEqual(toBytes(multiply(onePower, ghash.h)));
  });

  it('counts bits in 64', () => {
    expect(lengthBlock(0, 2 ** 36 - 32)).toEqual([0, 0, 127, 2 ** 32 - 256]);
    expect(lengthBlock(3, 0)).toEqual([0, 24, 0, 0]);
  });
});
