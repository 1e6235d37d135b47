import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { monotonicClock } from '../../common/clock.js';
import { ProgressReporter, type ProgressReport } from './progress-reporter.js';

describe('ProgressReporter', () => {
  const told: ProgressReport[] = [];
  let reporter: ProgressReporter;
  beforeEach(() => {
    jest.useFakeTimers();
    told.length = 0;
    reporter = new ProgressReporter((report) => told.push(report), monotonicClock);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells of the first bytes at once, then four times a second, with the rate in between', () => {
    for (let chunk = 1; chunk <= 101; chunk += 1) {
      jest.advanceTimersByTime(10);
      reporter.advanced(chunk * 1_000);
    }
    expect(told).toHaveLength(5);
    expect(told[0]).toEqual({ sent: 1_000, rate: 100_000 });
    for (const { rate } of told.slice(1)) expect(Math.abs(rate - 100_000)).toBeLessThanOrEqual(4_000);
  });

  it('tells of the last bytes also when nothing follows', () => {
    reporter.advanced(5);
    reporter.advanced(10);
    reporter.advanced(20);
    jest.advanceTimersByTime(249);
    expect(told).toEqual([{ sent: 5, rate: 5_000 }]);
    jest.advanceTimersByTime(10_000);
    expect(told.map(({ sent }) => sent)).toEqual([5, 20]);
    expect(told[1]?.rate).toBe(60);
  });

  it('tells the end at once, and nothing after it', () => {
    reporter.advanced(5);
    reporter.advanced(10);
    reporter.finish(12);
    jest.advanceTimersByTime(10_000);
    expect([told.map(({ sent }) => sent), jest.getTimerCount()]).toEqual([[5, 12], 0]);
  });

  it('does not tell the same twice', () => {
    reporter.advanced(5);
    reporter.finish(5);
    expect(told).toHaveLength(1);
  });
});
