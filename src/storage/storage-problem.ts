import { ProblemError, type ProblemOptions } from '../common/problem.js';
import { isStorageError, type StorageErrorCode } from './storage-error.js';

const PROBLEMS: Readonly<Record<StorageErrorCode, Omit<ProblemOptions, 'cause'>>> = {
  'not-found': {
    status: 404,
    code: 'not-found',
    title: 'Not found',
    detail: 'The storage has nothing at this path. The file listing shows what there is.',
  },
  'not-a-file': {
    status: 404,
    code: 'not-a-file',
    title: 'Not a file',
    detail: 'The path names a folder or a special file. Choose a file.',
  },
  // The client's own permission is in order, so 403 would mislead: it is the storage that refuses us.
  'access-denied': {
    status: 502,
    code: 'storage-access-denied',
    title: 'The storage refuses access',
    detail: 'The storage does not let Drawbridge read this. Check the permissions of its account there.',
  },
  unreachable: {
    status: 503,
    code: 'storage-unreachable',
    title: 'The storage does not answer',
    detail: 'The storage cannot be reached at the moment. Try again, or run its check to see why.',
    headers: { 'Retry-After': '5' },
  },
  changed: {
    status: 409,
    code: 'file-changed',
    title: 'The file has changed',
    detail: 'The file was replaced or written to meanwhile. Ask for a new link to the new content.',
  },
  protocol: {
    status: 502,
    code: 'storage-protocol',
    title: 'The storage answered wrongly',
    detail: 'The storage sent something else than was asked for. The log of the server says what.',
  },
};

/** What a client is told about a storage error; every other error is returned as it is. */
export function storageProblem(error: unknown): Error {
  return isStorageError(error)
    ? new ProblemError({ ...PROBLEMS[error.code], cause: error })
    : (error as Error);
}
