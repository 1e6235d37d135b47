/**
 * Why a storage did not do what it was asked:
 * - `not-found`: nothing is there, or it lies outside the storage
 * - `not-a-file`: a folder, device, pipe or socket where a file is needed
 * - `access-denied`: the backend refuses these credentials or this account
 * - `unreachable`: the backend does not answer, or not in time
 * - `changed`: the content is no longer the one that was pinned
 * - `protocol`: the backend answered what it must not (wrong range, broken listing)
 */
export type StorageErrorCode =
  'not-found' | 'not-a-file' | 'access-denied' | 'unreachable' | 'changed' | 'protocol';

/** What every adapter throws. Message and cause are for the log: neither holds a path, an address or a secret. */
export class StorageError extends Error {
  constructor(
    readonly code: StorageErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
  }
}

/** True for a storage error with one of these codes. */
export function isStorageError(error: unknown, ...codes: StorageErrorCode[]): error is StorageError {
  return error instanceof StorageError && (codes.length === 0 || codes.includes(error.code));
}
