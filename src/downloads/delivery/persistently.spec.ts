import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '../../common/problem.js';
import { persistently } from './persistently.js';

const problem = (status: number) => new ProblemError({ status, code: 'x', title: 'X', detail: 'x' });

/** Fails with each of these in turn, then gives `done`. */
function failing(...failures: readonly unknown[]) {
  const left = [...failures];
  const action = async (): Promise<string> => {
    action.calls++;
    if (left.length > 0) throw left.shift();
    return 'done';
  };
  action.calls = 0;
  return action;
}

describe('persistently', () => {
  it('does at once what works at once', async () => {
    const action = failing();
    expect(await persistently(action, [1e9])).toBe('done');
    expect(action.calls).toBe(1);
  });

  it('tries again, after each pause, while the store does not answer', async () => {
    const action = failing(problem(503), problem(503));
    expect(await persistently(action, [1, 1, 1])).toBe('done');
    expect(action.calls).toBe(3);
  });

  it('gives up with the last failure, after one try more than there are pauses', async () => {
    const last = problem(503);
    const action = failing(problem(503), problem(503), last, problem(503));
    await expect(persistently(action, [1, 1])).rejects.toBe(last);
    expect(action.calls).toBe(3);
  });

  it.each([
    ['a refusal', problem(401)],
    ['a failure of ours', problem(500)],
    ['an unexpected error', new Error('broken')],
    ['an unexpected error with that status', Object.assign(new Error('broken'), { status: 503 })],
  ])('does not repeat %s', async (_, failure) => {
    const action = failing(failure);
    await expect(persistently(action, [1, 1])).rejects.toBe(failure);
    expect(action.calls).toBe(1);
  });

  it('stops repeating when the failure is another one', async () => {
    const other = new Error('broken');
    const action = failing(problem(503), other);
    await expect(persistently(action, [1, 1, 1])).rejects.toBe(other);
    expect(action.calls).toBe(2);
  });
});
