import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cursorAfter, nameBefore } from './name-cursor.js';

describe('a name cursor', () => {
  it('gives the name back, is safe in a URL, and nothing else is taken for one', () => {
    const name = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(name, (text) => {
        expect(cursorAfter(text)).toMatch(/^[\w-]+$/);
        expect(nameBefore(cursorAfter(text))).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const taken = (() => {
          try {
            return cursorAfter(nameBefore(text));
          } catch {
            return text;
          }
        })();
        expect(taken).toBe(text);
      }),
    );
  });
});
