import { HttpException } from '@nestjs/common';
import { ProblemError } from './problem.js';

const TITLES: Readonly<Record<number, readonly [code: string, title: string, detail: string]>> = {
  400: ['bad-request', 'The request is not valid', 'The request could not be read. Check its syntax.'],
  401: ['unauthenticated', 'Authentication is needed', 'Sign in, or send a valid API key.'],
  403: ['forbidden', 'Not allowed', 'You may not do this. Ask an administrator for the permission.'],
  404: ['not-found', 'Not found', 'There is no such route. The API is described at /api/docs.'],
  405: ['method-not-allowed', 'Method not allowed', 'This route does not take that method. See /api/docs.'],
  413: ['too-large', 'The request is too large', 'The request body is larger than this route takes.'],
  415: ['unsupported-media-type', 'Unsupported media type', 'Send the body as application/json.'],
};

/** What a client is told about any error: our own problems as they are, the framework's by status, all else as a 500. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const status = statusOf(error);
  const known = TITLES[status];
  if (known) {
    const [code, title, detail] = known;
    return new ProblemError({ status, code, title, detail, cause: error });
  }
  if (status >= 400 && status < 500)
    return new ProblemError({
      status,
      code: 'bad-request',
      title: 'The request is not valid',
      detail: 'The request was refused. See /api/docs for what this route takes.',
      cause: error,
    });
  return new ProblemError({
    status: 500,
    code: 'internal',
    title: 'Internal error',
    detail: 'Something went wrong on the server. Its log has the details under the given instance.',
    cause: error,
  });
}

/**
 * Nest's exceptions carry a status, and so do the `http-errors` of Express and its body parser, which say by `expose`
 * that they are meant for the client. Other errors with a status (a storage SDK's) are not about this request.
 */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status, expose } = (error ?? {}) as { status?: unknown; expose?: unknown };
  return typeof status === 'number' && expose === true ? status : 500;
}
