import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { monotonicClock } from '../../common/clock.js';
import type { LiveEvent } from './live-event.js';
import { PacedEvents } from './paced-events.js';

const event = (type: LiveEvent['type'], state: string, bytes: number, id = 'link'): LiveEvent => ({
  type,
  data: { id, state, bytes, size: 1000, rate: 0, client: null, at: '' },
});

describe('PacedEvents', () => {
  const sent: { readonly at: number; readonly event: LiveEvent }[] = [];
  let takes = true;
  let paced: PacedEvents;
  const told = () => sent.map(({ event: { type, data } }) => `${type === 'state' ? data.state : data.bytes}`);
  const state = (name: string, bytes = 0, id?: string) => {
    paced.push(event('state', name, bytes, id));
  };
  const progress = (bytes: number, id?: string) => {
    paced.push(event('progress', 'active', bytes, id));
  };

  beforeEach(() => {
    jest.useFakeTimers();
    sent.length = 0;
    takes = true;
    paced = new PacedEvents((one) => {
      sent.push({ at: performance.now(), event: one });
      return takes;
    }, monotonicClock);
  });
  afterEach(() => {
    paced.close();
    jest.useRealTimers();
  });

  it('sends at once what comes seldom, and the newest progress after a while', () => {
    state('active');
    progress(1);
    progress(2);
    expect(told()).toEqual(['active']);
    jest.advanceTimersByTime(251);
    expect(told()).toEqual(['active', '2']);
    jest.advanceTimersByTime(10_000);
    expect(told()).toEqual(['active', '2']);
  });

  it('lets a state overtake progress that waits, and drops that', () => {
    state('active');
    progress(5);
    state('used', 10);
    expect(told()).toEqual(['active', 'used']);
    jest.advanceTimersByTime(10_000);
    expect(told()).toEqual(['active', 'used']);
  });

  it('paces each link by itself', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) state('active', 0, id);
    expect(sent).toHaveLength(6);
  });

  it('holds everything back from a watcher that is full: the newest progress, and every state', () => {
    takes = false;
    state('available');
    for (let bytes = 0; bytes < 10_000; bytes += 1) progress(bytes);
    state('active');
    for (let bytes = 0; bytes < 10_000; bytes += 1) progress(bytes);
    jest.advanceTimersByTime(10_000);
    expect(told()).toEqual(['available']);
    takes = true;
    paced.drained();
    jest.advanceTimersByTime(1_000);
    expect(told()).toEqual(['available', 'active', '9999']);
  });

  it('shows the newest states of a link that changes faster than can be told', () => {
    for (let round = 0; round < 100; round += 1) state(round % 2 ? 'available' : 'active', round);
    state('revoked');
    jest.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(4 + 16);
    expect(told().at(-1)).toBe('revoked');
  });

  it('keeps nothing of a link that is over, nor after it is closed', () => {
    state('active');
    progress(1);
    state('used');
    expect(paced.size).toBe(0);
    state('active', 0, 'other');
    progress(1, 'other');
    paced.close();
    expect([paced.size, jest.getTimerCount()]).toEqual([0, 0]);
    progress(2, 'other');
    jest.advanceTimersByTime(10_000);
    expect(told()).toEqual(['active', 'used', 'active']);
  });

  it('never sends more than 4 events of a link in a second, nor loses a state or the last progress', () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.nat(40), fc.nat(600)),
      what: fc.constantFrom('progress', 'progress', 'progress', 'active', 'available'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const times: number[] = [];
        const states: string[] = [];
        let bytes = 0;
        let lastBytes = 0;
        const one = new PacedEvents(({ type, data }) => {
          times.push(performance.now());
          if (type === 'state') states.push(data.state);
          lastBytes = data.bytes;
          return true;
        }, monotonicClock);
        const pushed: string[] = [];
        for (const { afterMs, what } of steps) {
          jest.advanceTimersByTime(afterMs);
          bytes += 1;
          if (what === 'progress') one.push(event('progress', 'active', bytes));
          else {
            pushed.push(what);
            one.push(event('state', what, bytes));
          }
        }
        jest.advanceTimersByTime(20_000);
        one.close();
        expect(states).toEqual(pushed);
        expect(lastBytes).toBe(bytes);
        times.forEach((time, index) => {
          expect(time - (times[index - 4] ?? -Infinity)).toBeGreaterThanOrEqual(1_000);
        });
      }),
    );
  });
});
