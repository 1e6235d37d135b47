import { describe, expect, it } from '@jest/globals';
import type { ProblemError } from '../common/problem.js';
import { StorageError, type StorageErrorCode } from './storage-error.js';
import { storageProblem } from './storage-problem.js';

describe('storageProblem', () => {
  it.each<[StorageErrorCode, number, string]>([
    ['not-found', 404, 'not-found'],
    ['not-a-file', 404, 'not-a-file'],
    ['access-denied', 502, 'storage-access-denied'],
    ['unreachable', 503, 'storage-unreachable'],
    ['changed', 409, 'file-changed'],
    ['protocol', 502, 'storage-protocol'],
  ])('answers %s with %d %s, and keeps the cause for the log', (code, status, problem) => {
    const error = new StorageError(code, 'CANARY', new Error('CANARY'));
    const told = storageProblem(error) as ProblemError;
    expect(told).toMatchObject({ name: 'ProblemError', status, code: problem, cause: error });
    expect(JSON.stringify(told.toBody())).not.toContain('CANARY');
  });

  it('says when to come back to a backend that does not answer', () => {
    expect(storageProblem(new StorageError('unreachable', 'x'))).toMatchObject({
      headers: { 'Retry-After': '5' },
    });
  });

  it('leaves other errors alone', () => {
    const error = new TypeError('x');
    expect(storageProblem(error)).toBe(error);
  });
});
