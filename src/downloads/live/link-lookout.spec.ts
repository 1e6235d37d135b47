import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LiveEvent } from './live-event.js';
import { LinkLookout, type LinkSight } from './link-lookout.js';

const event = (type: LiveEvent['type'], state: string, bytes = 0): LiveEvent => ({
  type,
  data: { id: 'link', state, bytes, size: 1000, rate: 0, client: null, at: '' },
});
const sight = (state: string, againInMs = 1_000): LinkSight => ({ event: event('state', state), againInMs });

describe('LinkLookout', () => {
  const passed: string[] = [];
  const look = jest.fn<() => Promise<LinkSight>>();
  let lookout: LinkLookout;
  beforeEach(() => {
    jest.useFakeTimers();
    passed.length = 0;
    look.mockReset().mockResolvedValue(sight('available'));
    lookout = new LinkLookout(look, ({ type, data }) =>
      passed.push(type === 'state' ? data.state : String(data.bytes)),
    );
  });
  afterEach(() => {
    lookout.stop();
    jest.useRealTimers();
  });

  it('begins with the present state, then what was heard meanwhile', () => {
    lookout.heard(event('state', 'active'));
    lookout.heard(event('progress', 'active', 5));
    expect(passed).toEqual([]);
    lookout.begin(sight('available'));
    expect(passed).toEqual(['available', 'active', '5']);
  });

  it('passes each state on once', () => {
    lookout.heard(event('state', 'active'));
    lookout.begin(sight('active'));
    lookout.heard(event('state', 'active'));
    lookout.heard(event('state', 'available'));
    expect(passed).toEqual(['active', 'available']);
  });

  it('looks again when it is time, and sees what nobody told', async () => {
    lookout.begin(sight('available', 500));
    look.mockResolvedValueOnce(sight('available', 300)).mockResolvedValueOnce(sight('expired'));
    await jest.advanceTimersByTimeAsync(499);
    expect(look).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    await jest.advanceTimersByTimeAsync(300);
    expect(passed).toEqual(['available', 'expired']);
  });

  it('survives a store that does not answer', async () => {
    lookout.begin(sight('available', 500));
    look.mockRejectedValueOnce(new Error('down')).mockResolvedValueOnce(sight('revoked'));
    await jest.advanceTimersByTimeAsync(500 + 5_000);
    expect(passed).toEqual(['available', 'revoked']);
  });

  it('looks no more once it is stopped, even in the middle of a look', async () => {
    let answer!: (sight: LinkSight) => void;
    look.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    lookout.begin(sight('available', 10));
    await jest.advanceTimersByTimeAsync(10);
    lookout.stop();
    answer(sight('expired'));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(passed).toEqual(['available']);
    expect([look.mock.calls.length, jest.getTimerCount()]).toEqual([1, 0]);
  });
});
