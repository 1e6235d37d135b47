import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReaderPace, type PaceLimits, type ReaderState } from './reader-pace.js';

const KIB = 1024;
const LIMITS: PaceLimits = { minRateBytesPerS: KIB, minRateGraceMs: 30_000, idleTimeoutMs: 60_000 };

interface Reader {
  /** Bytes a second that it acknowledges, in steps of `step` bytes. */
  readonly rate: number;
  readonly step: number;
  /** The kernel's send buffer; it asks for more when a third of it is free. */
  readonly buffer: number;
  /** The size of one write. */
  readonly chunk: number;
  readonly known: boolean;
}

/** How a stream looks second by second, to a reader of an endless file. */
function* watching({ rate, step, buffer, chunk, known }: Reader): Generator<ReaderState> {
  let taken = buffer;
  for (let second = 0; ; second++) {
    const acknowledged = Math.floor((rate * second) / step) * step;
    if (taken - acknowledged <= (2 * buffer) / 3) taken = acknowledged + buffer;
    const unacknowledged = known ? taken - acknowledged : undefined;
    const sent = Math.floor(taken / chunk) * chunk;
    yield { sent, pending: chunk, unacknowledged, waitedMs: second * 1000 };
  }
}

/** The second in which it is dropped, and why. */
function fate(reader: Reader, seconds: number, limits = LIMITS) {
  const pace = new ReaderPace(limits);
  let second = 0;
  for (const state of watching(reader)) {
    const reason = pace.judge(state);
    if (reason) return { reason, second };
    if (second++ === seconds) return undefined;
  }
  return undefined;
}

const buffers = fc.record({
  buffer: fc.integer({ min: 16 * KIB, max: 6 * KIB * KIB }),
  chunk: fc.integer({ min: 1, max: 512 * KIB }),
});

describe('ReaderPace', () => {
  it('never drops a reader at the least rate, however large the buffers are and in what steps it acknowledges', () => {
    const reader = fc.record({
      rate: fc.integer({ min: KIB, max: 100 * KIB }),
      step: fc.integer({ min: 1, max: 30 * KIB }),
    });
    fc.assert(
      fc.property(reader, buffers, ({ rate, step: wanted }, sizes) => {
        // A buffer holds several steps: TCP would not move otherwise.
        const step = Math.min(wanted, Math.floor(sizes.buffer / 4));
        // Slow readers get small writes.
        const chunk = Math.min(sizes.chunk, 32 * KIB);
        expect(fate({ rate, step, ...sizes, chunk, known: true }, 3_000)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it('drops a reader at half the rate: when grace and the write under way are used up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: KIB / 2 }), buffers, (rate, sizes) => {
        const dropped = fate({ rate, step: 1, ...sizes, known: true }, 10_000);
        expect(dropped?.reason).toBe('too-slow');
        // It loses at least half a second each second, and a part of a write may be counted late.
        expect(dropped?.second).toBeLessThanOrEqual(2 * (30 + (2 * sizes.chunk) / KIB) + 5);
        expect(dropped?.second).toBeGreaterThanOrEqual(30);
      }),
      { numRuns: 50 },
    );
  });

  const STALLED = { rate: 0, step: 1, buffer: 4 * KIB * KIB, chunk: 96 * KIB };

  it('drops a reader that acknowledges nothing after the idle time', () => {
    expect(fate({ ...STALLED, known: true }, 10_000)).toEqual({ reason: 'idle', second: 60 });
  });

  it('has patience where the kernel does not tell', () => {
    expect(fate({ ...STALLED, known: false }, 10_000)).toEqual({ reason: 'idle', second: 600 });
  });

  it('drops no moving reader without a least rate', () => {
    const limits = { ...LIMITS, minRateBytesPerS: 0 };
    expect(fate({ ...STALLED, rate: 1, known: true }, 10_000, limits)).toBeUndefined();
    expect(fate({ ...STALLED, known: true }, 10_000, limits)?.reason).toBe('idle');
  });

  it('does not count the time in which we are the slow side', () => {
    const pace = new ReaderPace(LIMITS);
    const state = { sent: 5_000, pending: 0, unacknowledged: 100, waitedMs: 10 };
    for (let hour = 0; hour < 10; hour++) expect(pace.judge(state)).toBeUndefined();
  });

  it('does not count the time in which only the verdict is awaited', () => {
    const pace = new ReaderPace(LIMITS);
    for (const unacknowledged of [0, undefined])
      for (let minute = 0; minute < 60; minute++)
        expect(
          pace.judge({ sent: 5_000, pending: 0, unacknowledged, waitedMs: minute * 60_000 }),
        ).toBeUndefined();
  });

  it('drops a reader that leaves the end of a body in our buffers', () => {
    const pace = new ReaderPace(LIMITS);
    const state = (waitedMs: number) => ({ sent: 5_000, pending: 0, unacknowledged: 100, waitedMs });
    expect(pace.judge(state(0))).toBeUndefined();
    expect(pace.judge(state(20_000))).toBeUndefined();
    expect(pace.judge(state(61_000))).toBe('idle');
  });

  it('saves no more than the grace: a fast beginning buys no hours', () => {
    const pace = new ReaderPace({ ...LIMITS, idleTimeoutMs: 3_600_000 });
    expect(pace.judge({ sent: 1e9, pending: 1_024, unacknowledged: 0, waitedMs: 1_000 })).toBeUndefined();
    const state = (waitedMs: number) => ({ sent: 1e9, pending: 1_024, unacknowledged: 0, waitedMs });
    expect(pace.judge(state(31_900))).toBeUndefined();
    expect(pace.judge(state(32_100))).toBe('too-slow');
  });
});
