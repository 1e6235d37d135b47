import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { localStorage, type LocalHarness } from '../../test/support/local-storage.js';
import { readSmallFile } from './read-small-file.js';
import { StorageError } from './storage-error.js';

describe('a small file', () => {
  let storage: LocalHarness;

  beforeEach(async () => {
    storage = await localStorage();
  });
  afterEach(async () => {
    expect(storage.openHandles()).toBe(0);
    await storage.dispose();
  });

  it('is there, or not', async () => {
    await storage.write('folder/small', Buffer.from('content'));
    await storage.write('empty', Buffer.alloc(0));
    const found = await readSmallFile(storage.adapter, 'folder/small');
    expect(found).toEqual({ kind: 'present', bytes: new Uint8Array(Buffer.from('content')) });
    expect(await readSmallFile(storage.adapter, 'empty')).toMatchObject({ kind: 'present' });
    for (const path of ['missing', 'folder'])
      expect(await readSmallFile(storage.adapter, path)).toEqual({ kind: 'absent' });
  });

  it.each([
    [999_999, 'present'],
    [1024 * 1024, 'present'],
    [1024 * 1024 + 1, 'too-large'],
  ])('of %d bytes is %s', async (size, kind) => {
    await storage.write('small', Buffer.alloc(size, 'x'));
    const before = storage.bytesFetched();
    const found = await readSmallFile(storage.adapter, 'small');
    expect(found.kind).toBe(kind);
    expect(storage.bytesFetched() - before).toBe(found.kind === 'present' ? size : 0);
  });

  it('is read anew when it changes meanwhile, but not for ever', async () => {
    await storage.write('small', Buffer.from('old'));
    const source = jest.spyOn(storage.adapter, 'source');
    source.mockRejectedValueOnce(new StorageError('changed', 'x'));
    expect(await readSmallFile(storage.adapter, 'small')).toMatchObject({ kind: 'present' });
    source.mockRejectedValue(new StorageError('changed', 'x'));
    await expect(readSmallFile(storage.adapter, 'small')).rejects.toMatchObject({ code: 'changed' });
  });

  it('that cannot be read is not one that is missing (W7)', async () => {
    const refusal = new StorageError('access-denied', 'x');
    jest.spyOn(storage.adapter, 'source').mockRejectedValue(refusal);
    await expect(readSmallFile(storage.adapter, 'small')).rejects.toBe(refusal);
  });
});
