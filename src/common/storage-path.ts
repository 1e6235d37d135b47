import { badRequest } from './problem.js';

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const FORBIDDEN = /[\u0000-\u001f\u007f\\]/;
const MAX_BYTES = 4096;

/**
 * Checks a path inside a storage and returns it: `/`-separated segments relative to the storage's root.
 * There is exactly one spelling of a path: nothing is decoded, folded or cleaned up, so `%41`, `a..b` and
 * emoji are names like any other, and what is authorised is what is opened.
 * @throws ProblemError 400 for empty, `.` or `..` segments, control characters, backslashes, lone surrogates
 */
export function checkStoragePath(path: string): string {
  const refuse = (why: string) =>
    badRequest(`The path ${why}. Give it as the file listing shows it, relative to the storage.`);
  if (path === '') throw refuse('is empty');
  if (Buffer.byteLength(path) > MAX_BYTES) throw refuse(`is longer than ${MAX_BYTES} bytes`);
  if (FORBIDDEN.test(path)) throw refuse('contains a control character or a backslash');
  if (!path.isWellFormed()) throw refuse('is not valid Unicode');
  for (const segment of path.split('/')) {
    if (segment === '') throw refuse('starts or ends with a slash or has two in a row');
    if (segment === '.' || segment === '..') throw refuse('contains a "." or ".." segment');
  }
  return path;
}

/** As {@link checkStoragePath}, for a folder: the empty string is the root, one slash at the end is dropped. */
export function checkFolderPath(path: string): string {
  const folder = path.endsWith('/') ? path.slice(0, -1) : path;
  return folder === '' && path.length <= 1 ? '' : checkStoragePath(folder);
}

/** The last segment. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
