import { createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wholeOf } from '../../common/byte-source.js';
import { describeDecipheredSource } from '../../../test/contract/deciphered-source.contract.js';
import { encryptGcm, ivForCounter, type GcmVector } from '../../../test/support/gcm-vectors.js';
import { MemorySource } from '../../../test/support/memory-source.js';
import { readAll, unhurried } from '../../../test/support/read-all.js';
import { MAX_MESSAGE_BYTES } from './gcm-limits.js';
import { GcmSource } from './gcm-source.js';

const sourceOf = ({ key, iv, tag, ciphertext }: GcmVector, inner = new MemorySource(ciphertext)) =>
  new GcmSource(inner, { key: createSecretKey(key), iv, tag });

const sample = (vector: GcmVector) => () => ({
  stored: vector.ciphertext,
  plain: vector.plain,
  wrap: async (ciphertext: ConstructorParameters<typeof GcmSource>[0]) =>
    new GcmSource(ciphertext, { key: createSecretKey(vector.key), iv: vector.iv, tag: vector.tag }),
});

for (const size of [0, 1, 15, 16, 17, 5000])
  describeDecipheredSource(`GCM, ${size} bytes, 16-byte IV`, sample(encryptGcm(randomBytes(size))));
describeDecipheredSource(
  'GCM, 12-byte IV',
  sample(encryptGcm(randomBytes(3000), undefined, randomBytes(12))),
);

/** Messages whose counter wraps 1 to 64 blocks after J0, so within the first KiB. */
describe('the counter wrap', () => {
  it('is crossed by any range, in agreement with Node', async () => {
    const offset = fc.nat({ max: 2048 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 64 }),
        offset,
        offset,
        offset,
        async (blocks, a, b, chunk) => {
          const key = randomBytes(32);
          const vector = encryptGcm(randomBytes(2048), key, ivForCounter(key, 2 ** 32 - blocks));
          const inner = new MemorySource(vector.ciphertext, { chunkSize: chunk + 1, reuseMemory: true });
          const range = { start: Math.min(a, b), end: Math.max(a, b) };
          const bytes = await readAll(sourceOf(vector, inner).open(range, unhurried()));
          expect(bytes.equals(vector.plain.subarray(range.start, range.end))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('really happens there: counting on in 128 bits is wrong behind it', () => {
    const key = randomBytes(32);
    const vector = encryptGcm(Buffer.alloc(1024), key, ivForCounter(key, 2 ** 32 - 8));
    const carried = createDecipheriv(
      'aes-256-ctr',
      key,
      Buffer.from('0123456789abcdeffedcba98fffffff9', 'hex'),
    );
    const naive = carried.update(vector.ciphertext);
    expect(naive.subarray(0, 7 * 16)).toEqual(vector.plain.subarray(0, 7 * 16));
    expect(naive.subarray(7 * 16, 8 * 16)).not.toEqual(vector.plain.subarray(7 * 16, 8 * 16));
  });

  describeDecipheredSource(
    'GCM across the wrap',
    (() => {
      const key = randomBytes(32);
      return sample(encryptGcm(randomBytes(2000), key, ivForCounter(key, 2 ** 32 - 33)));
    })(),
  );
});

describe('random access', () => {
  it('agrees with Node for random IVs, sizes and ranges', async () => {
    const offset = fc.nat({ max: 70_000 });
    await fc.assert(
      fc.asyncProperty(offset, offset, offset, fc.constantFrom(12, 16), async (size, a, b, ivLength) => {
        const vector = encryptGcm(randomBytes(size), undefined, randomBytes(ivLength));
        const [start = 0, end = 0] = [Math.min(a, size), Math.min(b, size)].sort((x, y) => x - y);
        const bytes = await readAll(sourceOf(vector).open({ start, end }, unhurried()));
        expect(bytes.equals(vector.plain.subarray(start, end))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('verifies an empty message by its tag alone', async () => {
    const vector = encryptGcm(Buffer.alloc(0));
    const { authenticator } = sourceOf(vector);
    expect(authenticator.verify([])).toBe(true);
    expect(authenticator.verify([await authenticator.gather({ start: 0, end: 0 }, unhurried())])).toBe(true);
    const wrongTag = Buffer.from(vector.tag);
    wrongTag[0]! ^= 1;
    expect(sourceOf({ ...vector, tag: wrongTag }).authenticator.verify([])).toBe(false);
  });

  it('reads only what was asked for', async () => {
    const vector = encryptGcm(randomBytes(100_000));
    const inner = new MemorySource(vector.ciphertext, { chunkSize: 512 });
    await readAll(sourceOf(vector, inner).open({ start: 99_001, end: 99_011 }, unhurried()));
    expect(inner.bytesRead).toBe(10);
  });
});

describe('what makes a source', () => {
  const vector = encryptGcm(randomBytes(20));
  const make = (changes: Partial<GcmVector>) => () => sourceOf({ ...vector, ...changes });

  it.each([0, 1, 8, 11, 13, 15, 17, 32])('refuses an IV of %i bytes', (length) => {
    expect(make({ iv: Buffer.alloc(length) })).toThrow('12 or 16');
  });

  it.each([0, 1, 4, 8, 12, 15, 17])('refuses a tag of %i bytes', (length) => {
    expect(make({ tag: Buffer.alloc(length) })).toThrow('tag must have 16');
  });

  it('refuses another key length', () => {
    expect(make({ key: Buffer.alloc(16) })).toThrow('32 bytes');
  });

  it('refuses a message longer than 2^36 - 32 bytes and takes one of that length', () => {
    const sized = (size: number) => () => {
      const inner = Object.assign(new MemorySource(Buffer.alloc(0)), { size });
      return sourceOf(vector, inner).size;
    };
    expect(sized(MAX_MESSAGE_BYTES)()).toBe(2 ** 36 - 32);
    expect(sized(MAX_MESSAGE_BYTES + 1)).toThrow('at most');
  });

  it('has a version that changes with the ciphertext, the IV, the tag and the key, and with nothing else', () => {
    const version = (changes: Partial<GcmVector>, inner = 'v1') =>
      sourceOf({ ...vector, ...changes }, new MemorySource(vector.ciphertext, { version: inner })).version;
    const versions = [
      version({}),
      version({}, 'v2'),
      version({ iv: randomBytes(16) }),
      version({ tag: randomBytes(16) }),
      version({ key: randomBytes(32) }),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    expect(version({})).toBe(versions[0]);
    expect(version({})).toMatch(/^[\w-]{43}$/);
  });

  it('can serve several reads at once', async () => {
    const source = sourceOf(vector, new MemorySource(vector.ciphertext, { chunkSize: 3 }));
    const reads = Array.from({ length: 8 }, (_, start) =>
      readAll(source.open({ start, end: 20 }, unhurried())),
    );
    (await Promise.all(reads)).forEach((bytes, start) => {
      expect(bytes).toEqual(vector.plain.subarray(start));
    });
    expect(wholeOf(source)).toEqual({ start: 0, end: 20 });
  });
});
