import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemError } from '../../common/problem.js';
import { cursorAfter, positionOf } from './links-cursor.js';

const encode = (text: string) => Buffer.from(text, 'latin1').toString('base64url');

describe('the cursor of links', () => {
  it('brings back the position it was made of', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.uuid(), (createdAt, id) => {
        expect(positionOf(cursorAfter({ created_at: createdAt, id }))).toEqual({ createdAt, id });
      }),
    );
  });

  it('is opaque, and safe in a URL', () => {
    expect(cursorAfter({ created_at: 1_767_225_600_000, id: 'a-b_c' })).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['nothing', ''],
    ['no base64', '!!!'],
    ['a number alone', encode('123')],
    ['no number', encode('.id')],
    ['no id', encode('123.')],
    ['a number below zero', encode('-1.id')],
    ['a fraction', encode('1e3.id')],
    ['a number that is too long', encode('12345678901234567.id')],
    ['something before it', encode('x1.id')],
    ['a line end', encode('1.id\nx')],
    // PostgreSQL takes no NUL in a text: it would answer with an error, and we with a 500.
    ['NUL', encode('1.i\0d')],
    ['bytes that are no text', encode('1.\xff')],
    ['a quote', encode("1.' OR 1=1 --")],
    ['the cursor of another list', Buffer.from('"name"').toString('base64url')],
  ])('refuses %s, and says what to do', (_, cursor) => {
    const refused = () => positionOf(cursor);
    expect(refused).toThrow(ProblemError);
    expect(refused).toThrow(expect.objectContaining({ status: 400 }));
    expect(refused).toThrow('Start without one.');
  });
});
