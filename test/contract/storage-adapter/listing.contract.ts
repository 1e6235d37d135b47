import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { StorageAdapter, StorageEntry } from '../../../src/storage/storage-adapter.js';
import { eventually } from '../../support/eventually.js';
import type { StorageHarness, StorageSubject } from './storage-harness.js';

/** In code point order, which UTF-16 order is not. */
const NAMES = ['-x', 'B', 'a', 'a.meta.json', 'b', 'folder', 'z', '\uff01', '\u{1f600}'];

async function listAll(adapter: StorageAdapter, folder: string, limit: number) {
  const pages: (readonly StorageEntry[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await adapter.list(folder, { limit, cursor });
    pages.push(page.entries);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

export function listingContract({ setUp }: StorageSubject): void {
  describe('listing', () => {
    let storage: StorageHarness;

    beforeAll(async () => {
      storage = await setUp();
      for (const name of NAMES)
        await storage.write(name === 'folder' ? 'many/folder/inner' : `many/${name}`, Buffer.from(name));
    });
    afterEach(async () => {
      await eventually('every handle is closed', () => storage.openHandles() === 0);
    });
    afterAll(() => storage.dispose());

    it('tells kind, size and time of each entry', async () => {
      const { entries, nextCursor } = await storage.adapter.list('many', { limit: 100 });
      expect(nextCursor).toBeNull();
      expect(entries.find((entry) => entry.name === 'a.meta.json')).toEqual({
        name: 'a.meta.json',
        path: 'many/a.meta.json',
        kind: 'file',
        size: 11,
        modifiedAt: (await storage.adapter.stat('many/a.meta.json')).modifiedAt,
      });
      expect(entries.find((entry) => entry.name === 'folder')).toMatchObject({
        path: 'many/folder',
        kind: 'folder',
        size: null,
      });
    });

    it.each([1, 2, 3, NAMES.length - 1, NAMES.length, NAMES.length + 1])(
      'is complete, in code point order and without duplicates in pages of %d',
      async (limit) => {
        const pages = await listAll(storage.adapter, 'many', limit);
        expect(pages.flat().map((entry) => entry.name)).toEqual(NAMES);
        expect(pages).toHaveLength(Math.ceil(NAMES.length / limit));
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      },
    );

    it('leaves out files that are not wanted, and fills its pages nevertheless', async () => {
      const skipFile = (name: string) => name !== 'B' && name !== 'z';
      const first = await storage.adapter.list('many', { limit: 2, skipFile });
      expect(first.entries.map((entry) => entry.name)).toEqual(['B', 'folder']);
      const second = await storage.adapter.list('many', {
        limit: 2,
        skipFile,
        cursor: first.nextCursor ?? '',
      });
      expect(second.entries.map((entry) => entry.name)).toEqual(['z']);
      expect(second.nextCursor).toBeNull();
    });

    it('resumes where it was when entries come and go', async () => {
      for (const name of ['1', '2', '3', '4']) await storage.write(`moving/${name}`, Buffer.from(name));
      const first = await storage.adapter.list('moving', { limit: 2 });
      await storage.remove('moving/2');
      await storage.write('moving/0', Buffer.from('0'));
      await storage.write('moving/21', Buffer.from('21'));
      const rest = await storage.adapter.list('moving', { limit: 9, cursor: first.nextCursor ?? '' });
      expect(rest.entries.map((entry) => entry.name)).toEqual(['21', '3', '4']);
    });

    it('lists the root, and folders with a slash at their end', async () => {
      const root = await storage.adapter.list('', { limit: 100 });
      expect(root.entries).toContainEqual(
        expect.objectContaining({ name: 'many', path: 'many', kind: 'folder' }),
      );
      expect(await storage.adapter.list('many/', { limit: 100 })).toEqual(
        await storage.adapter.list('many', { limit: 100 }),
      );
    });

    it.each(['missing', 'many/a', 'many/a/b'])('says that there is no folder %p', async (folder) => {
      await expect(storage.adapter.list(folder, { limit: 1 })).rejects.toMatchObject({
        name: 'StorageError',
        code: 'not-found',
      });
    });

    it.each(['', '!', 'YQ==', '////', '_w'])('refuses the cursor %p', async (cursor) => {
      await expect(storage.adapter.list('many', { limit: 1, cursor })).rejects.toMatchObject({ status: 400 });
    });

    it('says that it can be read', async () => {
      expect(await storage.adapter.check()).toMatchObject({ ok: true });
    });
  });
}
