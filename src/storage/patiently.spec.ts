import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { patiently } from './patiently.js';

const never = () => new Promise<never>(() => undefined);

describe('patiently', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives what the step gives, and leaves no timer behind', async () => {
    await expect(patiently(Promise.resolve(7), 1_000)).resolves.toBe(7);
    const failure = new Error('failed');
    await expect(patiently(Promise.reject(failure), 1_000)).rejects.toBe(failure);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up after the idle timeout, not before', async () => {
    const outcome = patiently(never(), 30_000).catch((error: unknown) => error);
    const settled = jest.fn();
    void outcome.then(settled);
    await jest.advanceTimersByTimeAsync(29_999);
    expect(settled).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(await outcome).toMatchObject({ name: 'StorageError', code: 'unreachable' });
  });

  it('ends with the reason of the signal, also of one that is aborted already', async () => {
    const abort = new AbortController();
    const waiting = patiently(never(), 1_000, abort.signal);
    const reason = new Error('left');
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(patiently(Promise.resolve(7), 1_000, abort.signal)).rejects.toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
  });
});
