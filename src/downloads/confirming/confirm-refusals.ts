import { ProblemError } from '../../common/problem.js';

const MAX_RETRY_SECONDS = 30;

export const digestMismatch = () =>
  new ProblemError({
    status: 409,
    code: 'digest-mismatch',
    title: 'The SHA-256 is not the right one',
    detail:
      'This is not the SHA-256 of the file that was sent. Nothing is used up: download it again, and confirm that.',
    logLevel: 'warn',
  });

/** @param remainingMs how much longer our own pass will take; undefined: unknown */
export const digestPending = (remainingMs?: number) =>
  new ProblemError({
    status: 409,
    code: 'digest-pending',
    title: 'The SHA-256 is not known yet',
    detail: 'The file is being read to compute its SHA-256. Send the confirmation again in a moment.',
    headers: { 'Retry-After': String(secondsOf(remainingMs ?? 0)) },
  });

const secondsOf = (ms: number) => Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil(ms / 1000)));

export const notDownloaded = () =>
  new ProblemError({
    status: 409,
    code: 'not-downloaded',
    title: 'Nothing was downloaded yet',
    detail: 'Nobody has downloaded from this link, so there is nothing to confirm. Download the file first.',
    headers: { 'Retry-After': '2' },
  });

export const confirmationNotAwaited = () =>
  new ProblemError({
    status: 409,
    code: 'confirmation-not-awaited',
    title: 'The link awaits no confirmation',
    detail: 'Only links made with confirm "digest" are confirmed. This one is used up by its download alone.',
  });

export const digestFailed = (cause: unknown) =>
  new ProblemError({
    status: 500,
    code: 'digest-failed',
    title: 'The SHA-256 cannot be computed',
    detail:
      'The file could not be read again, or is damaged, so its SHA-256 is not known. Nothing is confirmed and the link ' +
      'is still valid.',
    cause,
  });
