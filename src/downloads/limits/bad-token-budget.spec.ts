import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { BadTokenBudget } from './bad-token-budget.js';

describe('BadTokenBudget', () => {
  it('lets so many through, then says how long to wait, and keeps that promise', () => {
    const clock = new ManualClock();
    const budget = new BadTokenBudget(60, clock);
    for (let i = 0; i < 60; i++) expect(budget.spend('a')).toBe(0);
    expect(budget.spend('a')).toBe(1_000);
    clock.advance(400);
    expect(budget.spend('a')).toBe(600);
    clock.advance(600);
    expect(budget.spend('a')).toBe(0);
    expect(budget.spend('a')).toBe(1_000);
  });

  it('keeps clients apart', () => {
    const budget = new BadTokenBudget(1, new ManualClock());
    expect(budget.spend('a')).toBe(0);
    expect(budget.spend('a')).toBeGreaterThan(0);
    expect(budget.spend('b')).toBe(0);
  });

  it('lets through at most the bucket and what flows into it, whatever the times', () => {
    const perMinute = fc.integer({ min: 1, max: 200 });
    const pauses = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 });
    fc.assert(
      fc.property(perMinute, pauses, (rate, waits) => {
        const clock = new ManualClock();
        const budget = new BadTokenBudget(rate, clock);
        let passed = 0;
        let elapsed = 0;
        for (const wait of waits) {
          clock.advance(wait);
          elapsed += wait;
          if (budget.spend('a') === 0) passed += 1;
          expect(passed).toBeLessThanOrEqual(rate + (elapsed * rate) / 60_000 + 1e-6);
        }
      }),
    );
  });

  it('remembers a bounded number of clients, those seen last', () => {
    const budget = new BadTokenBudget(1, new ManualClock(), 3);
    for (const client of ['a', 'b', 'c']) budget.spend(client);
    budget.spend('a');
    budget.spend('d');
    expect(budget.size).toBe(3);
    expect(budget.spend('a')).toBeGreaterThan(0);
    expect(budget.spend('b')).toBe(0);
    for (let i = 0; i < 10_000; i++) budget.spend(`10.0.${i >> 8}.${i & 255}`);
    expect(budget.size).toBe(3);
  });
});
