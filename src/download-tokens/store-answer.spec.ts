import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { answer, ANSWER_WITHIN_MS } from './store-answer.js';

const unavailable = { status: 503, code: 'store-unavailable', headers: { 'Retry-After': '2' } };

describe('answer', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('hands on what the store says, and leaves no timer behind', async () => {
    jest.useFakeTimers();
    expect(await answer(() => Promise.resolve(7))).toBe(7);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is 503 when the store fails, with the cause for the log only', async () => {
    const cause = new Error('postgres://user:secret@db');
    const failed = answer(() => Promise.reject(cause));
    await expect(failed).rejects.toMatchObject({ ...unavailable, cause });
    await expect(failed).rejects.not.toThrow('secret');
  });

  it('is 503 when the store says nothing in time', async () => {
    jest.useFakeTimers();
    const silent = answer(() => new Promise<never>(() => undefined));
    const outcome = expect(silent).rejects.toMatchObject(unavailable);
    await jest.advanceTimersByTimeAsync(ANSWER_WITHIN_MS);
    await outcome;
    expect(jest.getTimerCount()).toBe(0);
  });
});
