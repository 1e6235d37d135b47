import { ProblemError } from '../../common/problem.js';

const SOON_S = 2;
const LATE_S = 30;
/** While the pass waits for its turn, nothing can be said of its pace. */
const UNKNOWN_S = 5;

/** @param remainingMs how long the pass will take from now on; undefined or infinite: not known */
export function verificationRunning(remainingMs?: number): ProblemError {
  const seconds =
    remainingMs === undefined || !Number.isFinite(remainingMs) ? UNKNOWN_S : Math.ceil(remainingMs / 1000);
  return new ProblemError({
    status: 503,
    code: 'verification-running',
    title: 'The file is being verified',
    detail:
      'This link delivers only after the whole file was read and found right, which is under way. Try again in a moment; ' +
      'its time to start counts from then on.',
    headers: { 'Retry-After': String(Math.min(Math.max(seconds, SOON_S), LATE_S)) },
    logLevel: 'debug',
  });
}
