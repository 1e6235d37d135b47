import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../../test/support/manual-clock.js';
import { LARGE_READ, ReadSize, SMALL_READ } from './read-size.js';

const MIB = 1024 * 1024;

describe('ReadSize', () => {
  const clock = new ManualClock();
  /** The consumer takes so many bytes, each read of them in `ms`; tells the sizes of the reads. */
  function take(size: ReadSize, bytes: number, ms: number): number[] {
    const sizes: number[] = [];
    for (let taken = 0; taken < bytes; taken += sizes.at(-1)!) {
      sizes.push(size.next);
      size.handed();
      clock.advance(ms);
      size.returned(size.next);
    }
    return sizes;
  }

  it('reads little until the consumer has taken more than the buffers on the way can hide', () => {
    const sizes = take(new ReadSize(clock), 64 * MIB, 1);
    const before = sizes.filter((size) => size === SMALL_READ).length * SMALL_READ;
    expect(before).toBe(16 * MIB);
    expect(new Set(sizes)).toEqual(new Set([SMALL_READ, LARGE_READ]));
  });

  it('reads little for ever for a consumer that is slow', () => {
    expect(new Set(take(new ReadSize(clock), 64 * MIB, 101))).toEqual(new Set([SMALL_READ]));
  });

  it('reads little for a client that the kernel takes much for at once and then nothing', () => {
    const size = new ReadSize(clock);
    for (let burst = 0; burst < 20; burst++) {
      expect(new Set(take(size, 4 * MIB, 0))).toEqual(new Set([SMALL_READ]));
      expect(take(size, 1, 2_000)).toEqual([SMALL_READ]);
    }
  });

  it('reads little again as soon as a quick consumer stalls once', () => {
    const size = new ReadSize(clock);
    take(size, 32 * MIB, 1);
    expect(size.next).toBe(LARGE_READ);
    take(size, 1, 101);
    expect(size.next).toBe(SMALL_READ);
  });
});
