import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gapsIn, mergeRanges, parseRange } from './byte-ranges.js';
import type { ByteRange } from './byte-range.js';

const LIMIT = 40;
const range = fc
  .tuple(fc.nat(LIMIT), fc.nat(LIMIT))
  .map(([a, b]): ByteRange => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const ranges = fc.array(range, { maxLength: 8 });

/** The model: every byte on its own. */
const bytesWhere = (holds: (byte: number) => boolean, size = LIMIT) =>
  Array.from({ length: size }, (_, byte) => byte).filter(holds);
const isIn = (byte: number, list: readonly ByteRange[]) =>
  list.some(({ start, end }) => start <= byte && byte < end);

/** In order, none empty, none touching the next. */
function expectTidy(list: readonly ByteRange[]): void {
  for (const { start, end } of list) expect(start).toBeLessThan(end);
  for (const [i, { end }] of list.slice(0, -1).entries()) expect(end).toBeLessThan(list[i + 1]!.start);
}

describe('parseRange', () => {
  it.each([
    [undefined, { kind: 'whole' }],
    ['bytes=0-', { kind: 'part', range: { start: 0, end: 100 } }],
    ['bytes=0-0', { kind: 'part', range: { start: 0, end: 1 } }],
    ['bytes=10-19', { kind: 'part', range: { start: 10, end: 20 } }],
    ['bytes=99-', { kind: 'part', range: { start: 99, end: 100 } }],
    ['bytes=90-1000', { kind: 'part', range: { start: 90, end: 100 } }],
    ['bytes=-1', { kind: 'part', range: { start: 99, end: 100 } }],
    ['bytes=-1000', { kind: 'part', range: { start: 0, end: 100 } }],
    ['BYTES=1-2', { kind: 'part', range: { start: 1, end: 3 } }],
    ['bytes= \t1-2 ', { kind: 'part', range: { start: 1, end: 3 } }],
    ['bytes=100-', { kind: 'unsatisfiable' }],
    ['bytes=100-200', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    // Ignored: another unit, no range, several, malformed, the wrong way round.
    ['items=0-1', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=', { kind: 'whole' }],
    ['bytes', { kind: 'whole' }],
    ['', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['bytes=5-3', { kind: 'whole' }],
    ['bytes=200-100', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    ['bytes=0x1-2', { kind: 'whole' }],
    ['bytes=1.5-2', { kind: 'whole' }],
    ['bytes=--1', { kind: 'whole' }],
    ['bytes=+1-2', { kind: 'whole' }],
    ['bytes=1 - 2', { kind: 'whole' }],
    ['bytes=0-1\nX: y', { kind: 'whole' }],
    ['bytes=１-２', { kind: 'whole' }],
  ])('%j of 100 bytes', (header, expected) => {
    expect(parseRange(header, 100)).toEqual(expected);
  });

  it('takes numbers of any length', () => {
    const huge = '9'.repeat(400);
    expect(parseRange(`bytes=${huge}-`, 100)).toEqual({ kind: 'unsatisfiable' });
    expect(parseRange(`bytes=0-${huge}`, 100)).toEqual({ kind: 'part', range: { start: 0, end: 100 } });
    expect(parseRange(`bytes=-${huge}`, 100)).toEqual({ kind: 'part', range: { start: 0, end: 100 } });
  });

  it.each(['bytes=0-', 'bytes=0-0', 'bytes=-5'])('%s of an empty body is unsatisfiable', (header) => {
    expect(parseRange(header, 0)).toEqual({ kind: 'unsatisfiable' });
  });

  /** What the RFC's words make of each byte. */
  it('selects the bytes that the header names', () => {
    const number = fc.option(fc.nat(LIMIT + 10), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(LIMIT), number, number, (size, first, last) => {
        const asked = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, size);
        if (first === undefined && last === undefined) expect(asked.kind).toBe('whole');
        else if (first !== undefined && last !== undefined && last < first) expect(asked.kind).toBe('whole');
        else {
          const named = bytesWhere(
            (byte) =>
              first === undefined ? byte >= size - last! : byte >= first && byte <= (last ?? Infinity),
            size,
          );
          const got = asked.kind === 'part' ? bytesWhere((byte) => isIn(byte, [asked.range]), size) : [];
          expect(got).toEqual(named);
          expect(asked.kind).toBe(named.length === 0 ? 'unsatisfiable' : 'part');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes any text and never leaves the body', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^bytes=[0-9 ,-]*$/),
      fc.stringMatching(/^[bytes=0-9 ,\t-]*$/),
    );
    fc.assert(
      fc.property(text, fc.nat(LIMIT), (header, size) => {
        const asked = parseRange(header, size);
        if (asked.kind !== 'part') return;
        expect(asked.range.start).toBeGreaterThanOrEqual(0);
        expect(asked.range.start).toBeLessThan(asked.range.end);
        expect(asked.range.end).toBeLessThanOrEqual(size);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('gapsIn', () => {
  it.each([
    ['nothing covered', [], [{ start: 10, end: 20 }]],
    ['all covered', [{ start: 0, end: 30 }], []],
    ['exactly covered', [{ start: 10, end: 20 }], []],
    ['the middle', [{ start: 12, end: 15 }], [{ start: 10, end: 12 }, { start: 15, end: 20 }]], // prettier-ignore
    ['outside', [{ start: 0, end: 10 }, { start: 20, end: 30 }], [{ start: 10, end: 20 }]], // prettier-ignore
    ['touching parts, unsorted', [{ start: 15, end: 20 }, { start: 10, end: 15 }], []], // prettier-ignore
    ['one inside the other', [{ start: 10, end: 18 }, { start: 12, end: 14 }], [{ start: 18, end: 20 }]], // prettier-ignore
  ])('%s', (_, covered, gaps) => {
    expect(gapsIn({ start: 10, end: 20 }, covered)).toEqual(gaps);
  });

  it('holds exactly the bytes that are within and not covered', () => {
    fc.assert(
      fc.property(range, ranges, (within, covered) => {
        const before = structuredClone(covered);
        const gaps = gapsIn(within, covered);
        expect(covered).toEqual(before);
        expect(bytesWhere((byte) => isIn(byte, gaps))).toEqual(
          bytesWhere((byte) => isIn(byte, [within]) && !isIn(byte, covered)),
        );
        for (const { start, end } of gaps) expect(start).toBeLessThan(end);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is as few stretches as possible, in order, when no covered range is empty', () => {
    const filled = ranges.map((list) => list.filter(({ start, end }) => start < end));
    fc.assert(
      fc.property(range, filled, (within, covered) => {
        expectTidy(gapsIn(within, covered));
      }),
    );
  });
});

describe('mergeRanges', () => {
  it('joins what touches or overlaps and drops what is empty', () => {
    const list = [
      { start: 20, end: 30 },
      { start: 0, end: 5 },
      { start: 5, end: 8 },
      { start: 9, end: 9 },
      { start: 22, end: 24 },
    ];
    expect(mergeRanges(list)).toEqual([
      { start: 0, end: 8 },
      { start: 20, end: 30 },
    ]);
    expect(mergeRanges([])).toEqual([]);
  });

  it('holds exactly the same bytes, tidily, and leaves its input alone', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const before = structuredClone(list);
        const merged = mergeRanges(list);
        expect(list).toEqual(before);
        expect(bytesWhere((byte) => isIn(byte, merged))).toEqual(bytesWhere((byte) => isIn(byte, list)));
        expectTidy(merged);
        expect(mergeRanges(merged)).toEqual(merged);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is what gapsIn leaves of the whole', () => {
    const whole = { start: 0, end: LIMIT };
    fc.assert(
      fc.property(ranges, (list) => {
        const merged = mergeRanges(list);
        expect(gapsIn(whole, gapsIn(whole, merged))).toEqual(merged);
      }),
    );
  });
});
