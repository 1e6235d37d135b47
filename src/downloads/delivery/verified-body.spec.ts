import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encryptGcm, type GcmVector } from '../../../test/support/gcm-vectors.js';
import { MemorySource } from '../../../test/support/memory-source.js';
import { readAll, unhurried } from '../../../test/support/read-all.js';
import { WatchedSource } from '../../../test/support/watched-source.js';
import { wholeOf, type ByteRange, type ByteSource } from '../../common/byte-source.js';
import { GcmSource } from '../../crypto/gcm/gcm-source.js';
import { AuthenticityError, HOLD_BACK_BYTES, verifiedBody } from './verified-body.js';

const HOLD = 64 * 1024;

/** The same message with one bit of its ciphertext flipped. */
function damaged(vector: GcmVector, at: number): GcmVector {
  const ciphertext = Buffer.from(vector.ciphertext);
  ciphertext[at]! ^= 0x10;
  return { ...vector, ciphertext };
}

/** Reads a body to its end or failure. @returns what came out before that */
async function read(source: WatchedSource, range: ByteRange = wholeOf(source)) {
  const chunks: Buffer[] = [];
  let failure: unknown;
  try {
    for await (const chunk of verifiedBody(source, range, unhurried())) {
      source.events.push(chunk.length);
      chunks.push(Buffer.from(chunk));
    }
  } catch (error) {
    failure = error;
  }
  return { bytes: Buffer.concat(chunks), failure };
}

const rangeIn = (size: number) =>
  fc
    .tuple(fc.nat(size), fc.nat(size))
    .map(([a, b]): ByteRange => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const sizes = fc.oneof(
  fc.nat(100),
  fc.integer({ min: HOLD - 20, max: HOLD + 20 }),
  fc.integer({ min: 2 * HOLD - 20, max: 3 * HOLD }),
);
const big = encryptGcm(randomBytes(3 * HOLD + 7));

describe('verifiedBody of a file that is trusted as a whole', () => {
  it('holds back what the documents say', () => {
    expect(HOLD_BACK_BYTES).toBe(HOLD);
  });

  it('yields the right bytes for any size, range and chunks, whose memory the source takes back', async () => {
    const cases = sizes.chain((size) =>
      fc.record({
        size: fc.constant(size),
        range: rangeIn(size),
        chunkSize: fc.integer({ min: 500, max: 80_000 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, fc.boolean(), async ({ size, range, chunkSize }, toEnd) => {
        const vector = encryptGcm(randomBytes(size));
        const source = new WatchedSource(vector, { chunkSize, reuseMemory: true });
        const { start, end } = toEnd ? { start: range.start, end: size } : range;
        const { bytes, failure } = await read(source, { start, end });
        expect(failure).toBeUndefined();
        expect(bytes.equals(vector.plain.subarray(start, end))).toBe(true);
        expect(source.inner.closed).toBe(source.inner.opened);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps exactly the last 64 KiB until the proof, whatever the chunks', async () => {
    for (const chunkSize of [1000, 4096, HOLD - 1, HOLD, HOLD + 1, 10 * HOLD]) {
      const source = new WatchedSource(big, { chunkSize });
      const { bytes } = await read(source);
      expect(bytes.equals(big.plain)).toBe(true);
      expect(source.released).toEqual({ before: 2 * HOLD + 7, after: HOLD });
    }
  });

  it.each([0, 1, 15, 16, 17, HOLD - 1, HOLD])('yields nothing of %i bytes before the proof', async (size) => {
    const vector = encryptGcm(randomBytes(size));
    const source = new WatchedSource(vector, { chunkSize: 999 });
    const { bytes, failure } = await read(source);
    expect(failure).toBeUndefined();
    expect(bytes.equals(vector.plain)).toBe(true);
    expect(source.events[0]).toBe('verified');
    expect(source.released).toEqual({ before: 0, after: size });
  });

  it('yields one byte of 64 KiB and one before the proof', async () => {
    const source = new WatchedSource(encryptGcm(randomBytes(HOLD + 1)));
    await read(source);
    expect(source.released).toEqual({ before: 1, after: HOLD });
  });

  it.each([0, 1, 16, 100, HOLD, HOLD + 1, 3 * HOLD])(
    'refuses %i bytes under a wrong tag, and never yields their end',
    async (size) => {
      const vector = encryptGcm(randomBytes(size));
      const tag = Buffer.from(vector.tag);
      tag[15]! ^= 1;
      const source = new WatchedSource({ ...vector, tag });
      const { bytes, failure } = await read(source);
      expect(failure).toBeInstanceOf(AuthenticityError);
      expect(bytes).toHaveLength(Math.max(0, size - HOLD));
      expect(source.released.after).toBe(0);
      expect(source.inner.closed).toBe(source.inner.opened);
    },
  );

  it('refuses a bit flipped anywhere, wherever the client begins', async () => {
    const anywhere = fc.nat(big.plain.length - 1);
    await fc.assert(
      fc.asyncProperty(anywhere, anywhere, async (at, start) => {
        const source = new WatchedSource(damaged(big, at));
        const { bytes, failure } = await read(source, { start, end: source.size });
        expect(failure).toBeInstanceOf(AuthenticityError);
        expect(bytes).toHaveLength(Math.max(0, source.size - start - HOLD));
        expect(source.released.after).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('says nothing of the content when it refuses', async () => {
    const { failure } = await read(new WatchedSource(damaged(big, 5)));
    expect((failure as Error).name).toBe('AuthenticityError');
    expect((failure as Error).message).toBe(
      'The authentication tag over the whole file does not match its content',
    );
  });

  it('releases ranges that end earlier without a proof, and reads nothing else', async () => {
    const source = new WatchedSource(damaged(big, 5));
    const end = source.size - 1;
    const { bytes, failure } = await read(source, { start: 100, end });
    expect(failure).toBeUndefined();
    expect(bytes.equals(big.plain.subarray(100, end))).toBe(true);
    expect(source.events).not.toContain('refused');
    expect([source.gathered, source.inner.bytesRead]).toEqual([[], end - 100]);
  });

  it('reads nothing twice for a whole body', async () => {
    const source = new WatchedSource(big);
    await read(source);
    expect([source.gathered, source.inner.bytesRead]).toEqual([[], source.size]);
  });

  it.each([
    [16, 16],
    [17, 32],
    [HOLD, HOLD],
    [2 * HOLD + 5, 2 * HOLD + 16],
  ])('proves a body that begins at %i by reading what is before %i', async (start, gathered) => {
    const source = new WatchedSource(big);
    const { bytes } = await read(source, { start, end: source.size });
    expect(bytes.equals(big.plain.subarray(start))).toBe(true);
    expect(source.gathered).toEqual([{ start: 0, end: gathered }]);
    expect(source.events).toContain('verified');
  });

  it('proves a body that lies within the last block by reading all', async () => {
    const source = new WatchedSource(big);
    const { bytes } = await read(source, { start: source.size - 3, end: source.size });
    expect(bytes.equals(big.plain.subarray(-3))).toBe(true);
    expect(source.gathered).toEqual([wholeOf(source)]);
  });

  it('does not yield the end when what is missing for the proof cannot be read', async () => {
    class HalfGone extends MemorySource {
      override open(range: ByteRange, signal: AbortSignal) {
        if (range.start < 1000) throw new Error('The disk is gone');
        return super.open(range, signal);
      }
    }
    const inner = new HalfGone(big.ciphertext);
    const { key, iv, tag } = big;
    const source = new GcmSource(inner, { key: createSecretKey(key), iv, tag });
    const range = { start: source.size - HOLD - 10, end: source.size };
    let released = 0;
    const reading = (async () => {
      for await (const chunk of verifiedBody(source, range, unhurried())) released += chunk.length;
    })();
    await expect(reading).rejects.toThrow('The disk is gone');
    expect(released).toBe(10);
  });
});

describe('verifiedBody of any other file', () => {
  const plain = randomBytes(3 * HOLD);

  it('yields the right bytes for any range', async () => {
    await fc.assert(
      fc.asyncProperty(
        rangeIn(plain.length),
        fc.integer({ min: 500, max: 80_000 }),
        async (range, chunkSize) => {
          const source = new MemorySource(plain, { chunkSize, reuseMemory: true });
          const bytes = await readAll(verifiedBody(source, range, unhurried()));
          expect(bytes.equals(plain.subarray(range.start, range.end))).toBe(true);
          expect(source.closed).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['in the middle', HOLD + 5],
    ['at the last byte', 3 * HOLD - 1],
  ])('holds the end back when the source fails %s', async (_, failAt) => {
    const source = new MemorySource(plain, { chunkSize: 1000, failAt });
    let released = 0;
    const reading = (async () => {
      for await (const chunk of verifiedBody(source, wholeOf(source), unhurried())) released += chunk.length;
    })();
    await expect(reading).rejects.toThrow('The source failed');
    expect(released).toBeLessThanOrEqual(2 * HOLD);
    expect(source.closed).toBe(1);
  });

  it.each([
    ['ends early', (content: Buffer) => content.subarray(0, -1)],
    ['ends early by much', (content: Buffer) => content.subarray(0, 10)],
    ['yields nothing', () => Buffer.alloc(0)],
    ['yields too much', (content: Buffer) => Buffer.concat([content, Buffer.alloc(1)])],
    ['yields far too much', (content: Buffer) => Buffer.concat([content, content])],
  ])('holds the end back when the source %s', async (_, change) => {
    const source: ByteSource = {
      size: plain.length,
      version: 'v',
      integrity: 'none',
      open: (_range, signal) => {
        const content = change(plain);
        return new MemorySource(content).open(wholeOf({ size: content.length }), signal);
      },
    };
    let released = 0;
    const reading = (async () => {
      for await (const chunk of verifiedBody(source, wholeOf(source), unhurried())) released += chunk.length;
    })();
    await expect(reading).rejects.toThrow();
    expect(released).toBeLessThanOrEqual(2 * HOLD);
  });

  it('frees the source when nobody reads on', async () => {
    const source = new MemorySource(plain, { chunkSize: 1000 });
    for await (const chunk of verifiedBody(source, wholeOf(source), unhurried())) {
      expect(chunk).toHaveLength(1000);
      break;
    }
    expect([source.opened, source.closed]).toEqual([1, 1]);
  });

  it('frees the source, and yields no more, once it is aborted', async () => {
    const source = new MemorySource(plain, { chunkSize: 1000 });
    const abort = new AbortController();
    const body = verifiedBody(source, wholeOf(source), abort.signal);
    await body.next();
    abort.abort(new Error('The client is gone'));
    await expect(body.next()).rejects.toThrow('The client is gone');
    expect(await body.next()).toEqual({ done: true, value: undefined });
    expect([source.opened, source.closed, source.bytesRead]).toEqual([1, 1, 1000]);
  });
});
