import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { unlessAborted } from './unless-aborted.js';

describe('unlessAborted', () => {
  const never = new Promise<never>(() => undefined);

  it('passes on what comes, well or badly, and leaves no listener', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(unlessAborted(Promise.reject(new Error('its own')), signal)).rejects.toThrow('its own');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('ends with the reason when it is aborted while nothing comes', async () => {
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    controller.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
  });

  it('ends with the reason when it was aborted before, whatever is ready', async () => {
    const signal = AbortSignal.abort(new Error('left'));
    await expect(unlessAborted(Promise.resolve(7), signal)).rejects.toThrow('left');
  });
});
