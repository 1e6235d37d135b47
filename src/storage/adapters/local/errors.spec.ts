import { stat } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { StorageError } from '../../storage-error.js';
import { toStorageError } from './errors.js';

const failing = (code: string) =>
  Object.assign(new Error(`${code}: open '/canary/path'`), { code, syscall: 'open', path: '/canary/path' });

describe('file system errors', () => {
  it.each([
    ['ENOENT', 'not-found'],
    ['ENOTDIR', 'not-found'],
    ['ELOOP', 'not-found'],
    ['ENAMETOOLONG', 'not-found'],
    ['EACCES', 'access-denied'],
    ['EPERM', 'access-denied'],
    ['ENXIO', 'not-a-file'],
    ['EIO', 'unreachable'],
    ['ESTALE', 'unreachable'],
    ['EMFILE', 'unreachable'],
  ])('makes of %s %s', (errno, code) => {
    expect(toStorageError(failing(errno))).toMatchObject({ name: 'StorageError', code });
  });

  it('keeps code and call for the log, and no path (W25)', async () => {
    const real: unknown = await stat('/canary/path').catch((error: unknown) => error);
    for (const error of [toStorageError(failing('EIO')), toStorageError(real)]) {
      const told = `${error.stack ?? ''} ${(error.cause as Error).stack ?? ''} ${JSON.stringify(error)}`;
      expect(told).not.toContain('canary');
      expect((error.cause as Error).message).toMatch(/^(open|stat) failed with E[A-Z]+$/);
    }
  });

  it('leaves other errors alone', () => {
    const ours = new StorageError('changed', 'x');
    const others = new TypeError('x');
    expect(toStorageError(ours)).toBe(ours);
    expect(toStorageError(others)).toBe(others);
  });
});
