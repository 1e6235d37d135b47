import type { Permission } from './permissions.js';
import { ProblemError } from './problem.js';

/** Nobody, or nobody we know, is asking. */
export const unauthenticated = () =>
  new ProblemError({
    status: 401,
    code: 'unauthenticated',
    title: 'Authentication is needed',
    detail: 'Send a valid API key as "Authorization: Bearer <key>".',
    headers: { 'WWW-Authenticate': 'Bearer realm="drawbridge"' },
  });

/** Who is asking lacks a permission. @param required empty: the route names none, and so allows nobody */
export const forbidden = (required: readonly Permission[]) =>
  new ProblemError({
    status: 403,
    code: 'forbidden',
    title: 'Not allowed',
    detail:
      required.length > 0
        ? `This needs the permission ${required.join(' and ')}. Ask an administrator for it.`
        : 'This route allows nobody.',
  });
