import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { ProgressReporter, type ProgressReport } from './progress-reporter.js';

describe('ProgressReporter', () => {
  it('tells of the first bytes at once, then at most four times a second, with the rate in between', () => {
    const clock = new ManualClock();
    const told: ProgressReport[] = [];
    const reporter = new ProgressReporter((report) => told.push(report), clock);
    let sent = 0;
    for (let at = 10; at <= 1_010; at += 10) {
      clock.advance(10);
      reporter.advanced((sent += 1_000));
    }
    expect(told).toEqual([
      { sent: 1_000, rate: 100_000 },
      { sent: 26_000, rate: 100_000 },
      { sent: 51_000, rate: 100_000 },
      { sent: 76_000, rate: 100_000 },
      { sent: 101_000, rate: 100_000 },
    ]);
  });

  it('has a rate also when no time passed', () => {
    const told: ProgressReport[] = [];
    const reporter = new ProgressReporter((report) => told.push(report), new ManualClock());
    reporter.advanced(5);
    expect(told).toEqual([{ sent: 5, rate: 5_000 }]);
  });
});
