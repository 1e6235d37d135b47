import { parse } from 'content-disposition';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safeFileName } from '../commands/safe-file-name.js';
import { contentDisposition } from './content-disposition.js';

// RFC 6266 section 4.1 with RFC 9110 quoted-string (no escapes: none are needed) and RFC 8187 value-chars.
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = String.raw`"[ !#-\[\]-~]*"`;
const EXTENDED = "UTF-8''(?:%[0-9A-F]{2}|[!#$&+.^_`|~0-9A-Za-z-])+";
const HEADER = new RegExp(`^attachment; filename=(${TOKEN}|${QUOTED})(?:; filename\\*=${EXTENDED})?$`);

describe('contentDisposition', () => {
  it.each([
    ['backup.sql', 'attachment; filename=backup.sql'],
    ['my backup.sql', 'attachment; filename="my backup.sql"'],
    ['día.sql', "attachment; filename=dia.sql; filename*=UTF-8''d%C3%ADa.sql"],
    ['a%41"b.sql', "attachment; filename=a_41_b.sql; filename*=UTF-8''a%2541%22b.sql"],
    ['🚀', "attachment; filename=_; filename*=UTF-8''%F0%9F%9A%80"],
    ['a\r\nSet-Cookie: x', 'attachment; filename="a__Set-Cookie: x"'],
    ['../../.ssh', 'attachment; filename=_ssh'],
  ])('%j', (name, header) => {
    expect(contentDisposition(name)).toBe(header);
  });

  // G22 of the project's goals, in small.
  it('is a valid header without CR or LF that gives back the safe name, for any text', () => {
    const special = fc.stringMatching(/^["\\%'*;=/ \r\n\0é\u202e🚀aZ9.]*$/u);
    const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), special, units), (name) => {
        const header = contentDisposition(name);
        expect(header).toMatch(HEADER);
        expect(header).not.toMatch(/[\r\n]/);
        expect(/filename="?[^;]*%/.test(header.replace(/filename\*=.*/, ''))).toBe(false);
        expect(parse(header)).toEqual({ type: 'attachment', parameters: { filename: safeFileName(name) } });
      }),
      { numRuns: 3000 },
    );
  });
});
