import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { add, toBlock, toBytes, type Block } from './block.js';
import { multiply } from './gf128.js';

const hex = (text: string): Block => toBlock(Buffer.from(text, 'hex'));
const blocks = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toBlock);
const same = (a: Readonly<Block>, b: Readonly<Block>) => toBytes(a).equals(toBytes(b));

describe('multiplication in GF(2^128)', () => {
  it('gives the published GHASH step (McGrew and Viega, test case 2)', () => {
    const product = multiply(
      hex('0388dace60b6a392f328c2b971b2fe78'),
      hex('66e94bd4ef8a2c3b884cfa59ca342b2e'),
    );
    expect(toBytes(product).toString('hex')).toBe('5e2ec746917062882c85b0685353deb7');
  });

  it('has one', () => {
    const one = hex('80000000000000000000000000000000');
    fc.assert(fc.property(blocks, (x) => same(multiply(x, one), x) && same(multiply(one, x), x)));
  });

  it('is commutative, associative and distributive', () => {
    fc.assert(
      fc.property(blocks, blocks, blocks, (x, y, z) => {
        expect(same(multiply(x, y), multiply(y, x))).toBe(true);
        expect(same(multiply(multiply(x, y), z), multiply(x, multiply(y, z)))).toBe(true);
        expect(same(multiply(x, add(y, z)), add(multiply(x, y), multiply(x, z)))).toBe(true);
      }),
    );
  });
});
