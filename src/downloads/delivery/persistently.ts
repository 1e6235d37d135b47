import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../../common/problem.js';

const PAUSES_MS = [200, 500, 1_000, 2_000, 4_000];

/** Repeats an action that meets a store which does not answer (503), for about as long as a lease lasts. */
export async function persistently<T>(
  action: () => Promise<T>,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<T> {
  for (const pause of pausesMs) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 503) throw error;
    }
    await sleep(pause);
  }
  return action();
}
