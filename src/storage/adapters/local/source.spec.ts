import { randomBytes } from 'node:crypto';
import { open, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wholeOf } from '../../../common/byte-source.js';
import { eventually } from '../../../../test/support/eventually.js';
import { localStorage, type LocalHarness } from '../../../../test/support/local-storage.js';
import { readAll, unhurried } from '../../../../test/support/read-all.js';
import { openInside, type Opened } from './confined-open.js';
import { LARGE_READ, SMALL_READ } from './read-size.js';
import { LocalSource } from './source.js';

const SIZE = 2 * 1024 * 1024;

describe('a read of a local file', () => {
  const content = randomBytes(SIZE);
  let storage: LocalHarness;
  let file: string;

  beforeEach(async () => {
    storage = await localStorage();
    file = join(storage.root, 'file');
    await writeFile(file, content);
  });
  afterEach(async () => {
    await eventually('every handle is closed', () => storage.openHandles() === 0);
    await storage.dispose();
  });

  /** Reads all, and does something once the first chunk is there. */
  async function readWith(afterFirst: () => Promise<void>) {
    const source = await storage.adapter.source('file');
    let received = 0;
    const reading = async () => {
      for await (const chunk of source.open(wholeOf(source), unhurried())) {
        if (received === 0) await afterFirst();
        received += chunk.length;
      }
    };
    const error: unknown = await reading().catch((failure: unknown) => failure);
    return { error, received };
  }

  it('holds its last chunk back when bytes changed under it', async () => {
    const { error, received } = await readWith(async () => {
      const handle = await open(file, 'r+');
      await handle.write(Buffer.from([content[SIZE - 1]! ^ 1]), 0, 1, SIZE - 1);
      await handle.close();
      await utimes(file, 0, 1);
    });
    expect(error).toMatchObject({ name: 'StorageError', code: 'changed' });
    expect(received).toBeLessThan(SIZE);
  });

  it('never ends early when the file becomes shorter', async () => {
    const { error, received } = await readWith(() => truncate(file, 1_500_000));
    expect(error).toMatchObject({ name: 'StorageError', code: 'changed' });
    expect(received).toBeLessThanOrEqual(1_500_000);
  });

  it('gives a file to its end that was replaced by another of its name', async () => {
    const { error, received } = await readWith(async () => {
      await storage.remove('file');
      await writeFile(file, 'another');
    });
    expect({ error, received }).toEqual({ error: undefined, received: SIZE });
  });

  it('tells apart what has the same size and name', async () => {
    const before = await storage.adapter.stat('file');
    await utimes(file, 0, 1);
    const after = await storage.adapter.stat('file');
    expect(after.version).not.toBe(before.version);
    expect(after.version).toMatch(/^[\w-]{22}$/);
  });

  it('starts with small chunks, then takes large ones for a quick consumer', async () => {
    await truncate(file, 64 * 1024 * 1024);
    const source = await storage.adapter.source('file');
    const sizes: number[] = [];
    for await (const chunk of source.open(wholeOf(source), unhurried())) sizes.push(chunk.length);
    expect(sizes[0]).toBe(SMALL_READ);
    expect(Math.max(...sizes)).toBe(LARGE_READ);
  });

  describe('of a disk that does not answer', () => {
    const stuck = Promise.withResolvers<Opened>();
    const source = new LocalSource(SIZE, 'version', () => stuck.promise, 20);

    it('gives up after the idle timeout, and closes what opens later', async () => {
      const read = readAll(source.open({ start: 0, end: SIZE }, unhurried()));
      await expect(read).rejects.toMatchObject({ name: 'StorageError', code: 'unreachable' });
      stuck.resolve(await openInside(storage.root, 'file'));
      await eventually('the late handle is closed', () => storage.openHandles() === 0);
    });

    it('ends at once on abort', async () => {
      const waiting = new LocalSource(SIZE, 'version', () => new Promise(() => undefined), 60_000);
      const abort = new AbortController();
      const read = readAll(waiting.open({ start: 0, end: SIZE }, abort.signal));
      abort.abort();
      await expect(read).rejects.toBe(abort.signal.reason);
    });
  });
});
