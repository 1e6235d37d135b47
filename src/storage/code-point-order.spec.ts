import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareCodePoints } from './code-point-order.js';

describe('compareCodePoints', () => {
  it('orders as the bytes of UTF-8 do', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      {
        numRuns: 1000,
        examples: [
          ['\uffee', '\u{1f600}'],
          ['\ud7ff', '\ue000'],
          ['a', 'a\u0000'],
        ],
      },
    );
  });
});
