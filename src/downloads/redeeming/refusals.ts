import { ProblemError } from '../../common/problem.js';

/** One and the same answer for unknown, expired, used and revoked links: it tells a guesser nothing. */
export const linkInvalid = () =>
  new ProblemError({
    status: 401,
    code: 'link-invalid',
    title: 'The link is not valid',
    detail: 'This link is unknown, expired, revoked or was used already. Ask for a new one.',
    headers: { 'WWW-Authenticate': 'Bearer realm="drawbridge download"' },
  });

export const linkBusy = () =>
  new ProblemError({
    status: 409,
    code: 'busy',
    title: 'The link is in use',
    detail:
      'Another download of this link is running. If it breaks off, the link works again: try in a moment.',
    headers: { 'Retry-After': '2' },
  });

export const previewRefused = () =>
  new ProblemError({
    status: 403,
    code: 'preview-refused',
    title: 'Previews are refused',
    detail:
      'This looks like a preview or a prefetch. The link was not touched: open it with curl, wget or a browser.',
  });

export const fileChanged = (cause?: unknown) =>
  new ProblemError({
    status: 409,
    code: 'file-changed',
    title: 'The file has changed',
    detail: 'The file is no longer the one this link was made for, so the link has ended. Ask for a new one.',
    cause,
  });

export const rangeNotSatisfiable = (size: number) =>
  new ProblemError({
    status: 416,
    code: 'range-not-satisfiable',
    title: 'Range not satisfiable',
    detail: `The file has ${size} bytes; the range asked for starts after them.`,
    headers: { 'Content-Range': `bytes */${size}`, 'Accept-Ranges': 'bytes' },
  });

export const preconditionFailed = () =>
  new ProblemError({
    status: 412,
    code: 'precondition-failed',
    title: 'Precondition failed',
    detail:
      'The file is not the version that If-Match or If-None-Match asks for. Leave the header out to get this one.',
  });

export const downloadFailed = (cause: unknown) =>
  new ProblemError({
    status: 500,
    code: 'download-failed',
    title: 'Download failed',
    detail:
      'Download failed: the file could not be read or is damaged. Nothing was delivered and the link is still valid.',
    cause,
  });

export const shuttingDown = () =>
  new ProblemError({
    status: 503,
    code: 'shutting-down',
    title: 'The service is restarting',
    detail: 'The service is about to restart. The link stays valid: try again in a moment.',
    // So that the next try meets whoever has taken over.
    headers: { 'Retry-After': '5', Connection: 'close' },
    logLevel: 'debug',
  });
