import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wholeOf } from '../../../src/common/byte-source.js';
import { eventually } from '../../support/eventually.js';
import { readAll, unhurried } from '../../support/read-all.js';
import type { StorageHarness, StorageSubject } from './storage-harness.js';

const SIZE = 3_000_001;
/** A chunk that is held and one that is read ahead, whatever the adapter's chunk is. */
const TWO_CHUNKS = 2 * 512 * 1024;

/** stat, source and the reads of a source. */
export function readingContract({ setUp }: StorageSubject): void {
  describe('reading', () => {
    const content = randomBytes(SIZE);
    let storage: StorageHarness;

    beforeAll(async () => {
      storage = await setUp();
      await storage.write('big.bin', content);
      await storage.write('empty', new Uint8Array());
      await storage.write('folder/inner.sql', Buffer.from('inner'));
    });
    afterEach(async () => {
      await eventually('every handle is closed', () => storage.openHandles() === 0);
    });
    afterAll(() => storage.dispose());

    const openBig = async () => storage.adapter.source('big.bin');

    it('tells size, time and version, the same for as long as the content is', async () => {
      const stat = await storage.adapter.stat('big.bin');
      const source = await openBig();
      expect(stat).toMatchObject({ path: 'big.bin', size: SIZE, version: source.version });
      expect(Math.abs((stat.modifiedAt ?? 0) - Date.now())).toBeLessThan(3_600_000);
      expect(source).toMatchObject({ size: SIZE, integrity: 'none' });
      expect((await storage.adapter.stat('folder/inner.sql')).version).not.toBe(stat.version);
    });

    it.each([
      ['the whole', 0, SIZE],
      ['the first byte', 0, 1],
      ['the last byte', SIZE - 1, SIZE],
      ['all but the first byte', 1, SIZE],
      ['all but the last byte', 0, SIZE - 1],
      ['nothing at the start', 0, 0],
      ['nothing at the end', SIZE, SIZE],
      ['one 64 KiB block', 65_536, 131_072],
      ['one byte on either side of a block', 65_535, 65_537],
    ])('reads %s', async (_, start, end) => {
      const bytes = await readAll((await openBig()).open({ start, end }, unhurried()));
      expect(bytes.equals(content.subarray(start, end))).toBe(true);
    });

    it('reads any range', async () => {
      const source = await openBig();
      const offset = fc.nat({ max: SIZE });
      await fc.assert(
        fc.asyncProperty(offset, offset, async (a, b) => {
          const range = { start: Math.min(a, b), end: Math.max(a, b) };
          const bytes = await readAll(source.open(range, unhurried()));
          expect(bytes.equals(content.subarray(range.start, range.end))).toBe(true);
        }),
        { numRuns: 40 },
      );
    });

    it('fetches no more than the range and a read-ahead', async () => {
      const source = await openBig();
      const before = storage.bytesFetched();
      await readAll(source.open({ start: 1_000_000, end: 1_000_010 }, unhurried()));
      expect(storage.bytesFetched() - before).toBeLessThanOrEqual(10);
    });

    it.each([
      [-1, 1],
      [2, 1],
      [0, SIZE + 1],
      [NaN, 1],
    ])('refuses the range %p to %p', async (start, end) => {
      const source = await openBig();
      await expect(readAll(source.open({ start, end }, unhurried()))).rejects.toThrow(RangeError);
    });

    it('reads an empty file', async () => {
      const source = await storage.adapter.source('empty');
      expect(source.size).toBe(0);
      expect(await readAll(source.open(wholeOf(source), unhurried()))).toHaveLength(0);
    });

    it.each([
      ['missing', 'not-found'],
      ['folder/missing', 'not-found'],
      ['missing/inner.sql', 'not-found'],
      ['big.bin/inner.sql', 'not-found'],
      ['folder', 'not-a-file'],
    ])('says of %p that it is %s', async (path, code) => {
      await expect(storage.adapter.stat(path)).rejects.toMatchObject({ name: 'StorageError', code });
      await expect(storage.adapter.source(path)).rejects.toMatchObject({ name: 'StorageError', code });
    });

    it('serves reads of one source side by side', async () => {
      const source = await openBig();
      const reads = await Promise.all(
        [0, 1, 2].map(() => readAll(source.open(wholeOf(source), unhurried()))),
      );
      for (const bytes of reads) expect(bytes.equals(content)).toBe(true);
    });

    it('leaves a chunk alone while its consumer holds it', async () => {
      const source = await openBig();
      let at = 0;
      for await (const chunk of source.open(wholeOf(source), unhurried())) {
        await new Promise((resolve) => setImmediate(resolve));
        expect(content.subarray(at, at + chunk.length).equals(chunk)).toBe(true);
        at += chunk.length;
      }
      expect(at).toBe(SIZE);
    });

    it('reads one chunk ahead of a slow consumer, not more (W9)', async () => {
      const source = await openBig();
      const before = storage.bytesFetched();
      const reading = source.open(wholeOf(source), unhurried())[Symbol.asyncIterator]();
      await reading.next();
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(storage.bytesFetched() - before).toBeLessThanOrEqual(TWO_CHUNKS);
      await reading.return?.();
    });

    it('frees the backend when the loop is left (W10)', async () => {
      const source = await openBig();
      for await (const chunk of source.open(wholeOf(source), unhurried())) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(storage.openHandles()).toBe(1);
        break;
      }
      expect(storage.openHandles()).toBe(0);
    });

    it('frees the backend when its consumer throws', async () => {
      const source = await openBig();
      const consume = async () => {
        for await (const chunk of source.open(wholeOf(source), unhurried()))
          throw new Error(`${chunk.length}`);
      };
      await expect(consume()).rejects.toThrow(/^\d+$/);
      expect(storage.openHandles()).toBe(0);
    });

    it('frees the backend on abort while its consumer holds a chunk and never comes back (W10)', async () => {
      const abort = new AbortController();
      const reading = (await openBig()).open({ start: 0, end: SIZE }, abort.signal)[Symbol.asyncIterator]();
      await reading.next();
      expect(storage.openHandles()).toBe(1);
      abort.abort();
      await eventually('the handle is closed', () => storage.openHandles() === 0);
    });

    it('ends with the reason of the abort', async () => {
      const abort = new AbortController();
      const reading = (await openBig()).open({ start: 0, end: SIZE }, abort.signal)[Symbol.asyncIterator]();
      await reading.next();
      const reason = new Error('The client has left');
      abort.abort(reason);
      await expect(reading.next()).rejects.toBe(reason);
      await expect(readAll((await openBig()).open({ start: 0, end: 1 }, abort.signal))).rejects.toBe(reason);
    });

    it('survives a storm of aborts at any moment', async () => {
      const source = await openBig();
      const storm = Array.from({ length: 60 }, async (_, turns) => {
        const abort = new AbortController();
        const read = readAll(source.open(wholeOf(source), abort.signal));
        for (let turn = 0; turn < turns % 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        abort.abort();
        await read.catch((error: unknown) => {
          expect(error).toBe(abort.signal.reason);
        });
      });
      await Promise.all(storm);
      await eventually('every handle is closed', () => storage.openHandles() === 0);
    });

    it('says that a file was replaced since it was pinned', async () => {
      await storage.write('replaced.bin', randomBytes(1000));
      const source = await storage.adapter.source('replaced.bin');
      await storage.write('replaced.bin', randomBytes(1001));
      await expect(readAll(source.open(wholeOf(source), unhurried()))).rejects.toMatchObject({
        code: 'changed',
      });
      expect((await storage.adapter.stat('replaced.bin')).version).not.toBe(source.version);
    });

    it('says that a pinned file is gone', async () => {
      await storage.write('gone.bin', randomBytes(1000));
      const source = await storage.adapter.source('gone.bin');
      await storage.remove('gone.bin');
      await expect(readAll(source.open(wholeOf(source), unhurried()))).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it.each([SIZE + 1, SIZE - 1, 10])(
      'never gives a mixture when a file is replaced by one of %d bytes under a read',
      async (newSize) => {
        const before = randomBytes(SIZE);
        await storage.write('swapped.bin', before);
        const source = await storage.adapter.source('swapped.bin');
        const read: Buffer[] = [];
        const reading = async () => {
          for await (const chunk of source.open(wholeOf(source), unhurried())) {
            if (read.length === 0) await storage.write('swapped.bin', randomBytes(newSize));
            read.push(Buffer.from(chunk));
          }
        };
        const error = await reading().then(
          () => undefined,
          (failure: unknown) => failure,
        );
        const gotAll = Buffer.concat(read).equals(before);
        const saidSo = (error as { code?: string } | undefined)?.code === 'changed';
        expect({ gotAll, saidSo }).toEqual({ gotAll: !saidSo, saidSo: !gotAll });
      },
    );
  });
}
