import { ProblemError } from '../../common/problem.js';

export const tooManyStreams = () =>
  new ProblemError({
    status: 503,
    code: 'too-many-streams',
    title: 'Too many downloads',
    detail:
      'As many downloads are running as this service allows. The link stays valid: try again in a moment.',
    headers: { 'Retry-After': '5' },
    logLevel: 'warn',
  });

export const tooManyLinks = () =>
  new ProblemError({
    status: 429,
    code: 'too-many-links',
    title: 'Too many links',
    detail: 'As many links are open as this service allows (MAX_LIVE_LINKS). Try again when some have ended.',
    headers: { 'Retry-After': '60' },
    logLevel: 'warn',
  });

/** @param waitMs until the client may show an unknown token again */
export const tooManyBadTokens = (waitMs: number) =>
  new ProblemError({
    status: 429,
    code: 'too-many-bad-tokens',
    title: 'Too many unknown links',
    detail: 'Too many unknown links were tried from this address. A valid one works at any time.',
    headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
  });
