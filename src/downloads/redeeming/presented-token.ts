import type { Request } from 'express';
import { ProblemError } from '../../common/problem.js';

/**
 * The token a client shows: `?token=` or `Authorization: Bearer` (RFC 6750, without the token in the URL).
 * @throws ProblemError 400 when there is none
 */
export function presentedToken(request: Request): string {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  const { token } = request.query;
  const presented = bearer ?? (typeof token === 'string' ? token : undefined);
  if (presented === undefined || presented === '')
    throw new ProblemError({
      status: 400,
      code: 'token-missing',
      title: 'The token is missing',
      detail:
        'Use the link as it was given, with one ?token=..., or send the token as "Authorization: Bearer <token>".',
    });
  return presented;
}
