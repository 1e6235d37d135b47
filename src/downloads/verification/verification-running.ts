import { ProblemError } from '../../common/problem.js';

const SOON_S = 2;
const LATE_S = 30;
/** While the pass waits for its turn, nothing can be said of its pace. */
const UNKNOWN_S = 5;

/**
 * In how many seconds it is worth asking again.
 * @param remainingMs how long the pass will take from now on; undefined or infinite: not known
 */
export function secondsToWait(remainingMs?: number): number {
  if (remainingMs === undefined || !Number.isFinite(remainingMs)) return UNKNOWN_S;
  return Math.min(Math.max(Math.ceil(remainingMs / 1000), SOON_S), LATE_S);
}

/** @param remainingMs as for {@link secondsToWait} */
export function verificationRunning(remainingMs?: number): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'verification-running',
    title: 'The file is being verified',
    detail:
      'This link delivers only after the whole file was read and found right, which is under way. Try again in a moment; ' +
      'its time to start counts from then on.',
    headers: { 'Retry-After': String(secondsToWait(remainingMs)) },
    logLevel: 'debug',
  });
}
