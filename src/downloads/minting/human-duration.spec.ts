import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { humanDuration } from './human-duration.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('humanDuration', () => {
  it.each([
    [5 * MINUTE, '5 minutes'],
    [MINUTE, '1 minute'],
    [SECOND, '1 second'],
    [45 * SECOND, '45 seconds'],
    [HOUR, '1 hour'],
    [DAY, '1 day'],
    [7 * DAY, '7 days'],
    [90 * SECOND, '1 minute 30 seconds'],
    [90 * MINUTE, '1 hour 30 minutes'],
    [36 * HOUR, '1 day 12 hours'],
    [DAY + HOUR + MINUTE + SECOND, '1 day 1 hour'],
    [DAY + SECOND, '1 day 1 second'],
    [0, '0 seconds'],
    [499, '0 seconds'],
    [500, '1 second'],
    [59_999, '1 minute'],
    [HOUR - 1, '1 hour'],
  ])('%i ms: %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text);
  });

  it('says no more than the time there is, and at most two parts', () => {
    const units: Record<string, number> = { day: DAY, hour: HOUR, minute: MINUTE, second: SECOND };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * DAY }), (milliseconds) => {
        const parts = [...humanDuration(milliseconds).matchAll(/(\d+) (day|hour|minute|second)s?/g)];
        expect(parts.length).toBeGreaterThanOrEqual(1);
        expect(parts.length).toBeLessThanOrEqual(2);
        const told = parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0);
        const rounded = Math.round(milliseconds / SECOND) * SECOND;
        expect(told).toBeLessThanOrEqual(rounded);
        // What is left out is less than one of the last unit named.
        expect(rounded - told).toBeLessThan(units[parts.at(-1)![2]!]!);
      }),
    );
  });
});
