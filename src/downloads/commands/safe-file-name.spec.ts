import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_NAMES } from '../../../test/support/hostile-names.js';
import { MAX_NAME_BYTES, safeFileName } from './safe-file-name.js';

const anyText = fc.string({ unit: 'binary', maxLength: 400 });
const loneSurrogates = fc
  .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));

describe('safeFileName', () => {
  it.each([
    ['dumps/2026/backup.sql', 'backup.sql'],
    ['.env', '_env'],
    ['a/..', '__'],
    ['...hidden', '___hidden'],
    ['dumps/', 'download'],
    ['', 'download'],
    ['a\r\nb\0c\u0085d', 'a__b_c_d'],
    ['C:\\a\\b', 'C:_a_b'],
    // Would show as "annexe.sql" with the extension hidden in the middle.
    ['ann\u202elqs.exe', 'ann_lqs.exe'],
    ['a\u200eb\u2067c\u2069d\u061ce\u2028f', 'a_b_c_d_e_f'],
    ['a\ud800b', 'a\ufffdb'],
    ['día 🚀.sql', 'día 🚀.sql'],
  ])('%j becomes %j', (path, name) => {
    expect(safeFileName(path)).toBe(name);
  });

  it('keeps hostile but possible names: quoting is the business of each command', () => {
    for (const name of HOSTILE_NAMES) expect(safeFileName(name)).toBe(name);
  });

  it.each([
    ['x'.repeat(300) + '.sql.gz', 'x'.repeat(248) + '.sql.gz'],
    // 251 bytes are left for the stem; a rocket takes four.
    ['🚀'.repeat(80) + '.sql', '🚀'.repeat(62) + '.sql'],
    ['é'.repeat(200), 'é'.repeat(127)],
    ['x.' + 'y'.repeat(300), 'x.' + 'y'.repeat(253)],
  ])('shortens and keeps the extension (%#)', (path, name) => {
    expect(safeFileName(path)).toBe(name);
  });

  it('always gives one possible name, and the same when applied again', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, loneSurrogates), (path) => {
        const name = safeFileName(path);
        expect(name).not.toBe('');
        expect(name).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\\/]|^\./u);
        expect(name.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(MAX_NAME_BYTES);
        expect(safeFileName(name)).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });
});
