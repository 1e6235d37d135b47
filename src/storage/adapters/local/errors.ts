import { StorageError, type StorageErrorCode } from '../../storage-error.js';

const CODES: Readonly<Record<string, readonly [StorageErrorCode, string]>> = {
  ENOENT: ['not-found', 'There is nothing at this path.'],
  ENOTDIR: ['not-found', 'There is nothing at this path.'],
  ELOOP: ['not-found', 'There is nothing at this path.'],
  ENAMETOOLONG: ['not-found', 'There is nothing at this path.'],
  EACCES: ['access-denied', 'The account that Drawbridge runs as may not read this.'],
  EPERM: ['access-denied', 'The account that Drawbridge runs as may not read this.'],
  // What open() says to a socket.
  ENXIO: ['not-a-file', 'This is not a regular file.'],
};

/** Nothing is there, or nothing that may be seen: one answer, so that it does not tell what lies outside the root. */
export const nothingThere = () => new StorageError('not-found', 'There is nothing at this path.');

/** A file system error as ours. Node's message holds the path, so only code and system call are kept for the log. */
export function toStorageError(error: unknown): Error {
  const failure = error as NodeJS.ErrnoException;
  const { code, syscall } = failure;
  if (error instanceof StorageError || code === undefined || syscall === undefined) return failure;
  const [ours, message] = CODES[code] ?? ['unreachable', 'The disk did not give what was asked for.'];
  return new StorageError(ours, message, new Error(`${syscall} failed with ${code}`));
}
