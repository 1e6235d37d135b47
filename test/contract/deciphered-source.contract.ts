import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Authenticator, Evidence } from '../../src/common/authenticator.js';
import { wholeOf, type ByteSource } from '../../src/common/byte-source.js';
import { MemorySource, type MemorySourceOptions } from '../support/memory-source.js';
import { readAll, unhurried } from '../support/read-all.js';

/** A stored file and what a decipher makes of it. */
export interface DecipheredSample {
  readonly stored: Buffer;
  readonly plain: Buffer;
  wrap(ciphertext: ByteSource): Promise<ByteSource>;
}

/** What every source that a decipher makes must do. One call per format and size. */
export function describeDecipheredSource(name: string, make: () => DecipheredSample): void {
  const open: Open = async (options = {}, stored) => {
    const sample = make();
    const inner = new MemorySource(stored ?? sample.stored, options);
    return { ...sample, inner, source: await sample.wrap(inner) };
  };

  describe(`${name}: a deciphered source`, () => {
    it('knows its size before a byte is read', async () => {
      const { source, inner, plain } = await open();
      expect(source.size).toBe(plain.length);
      expect(source.version).not.toBe('');
      expect(inner.bytesRead).toBe(0);
    });

    it('has an authenticator exactly when its bytes can only be trusted as a whole', async () => {
      const { source } = await open();
      expect(source.authenticator !== undefined).toBe(source.integrity === 'whole');
    });

    it('reads any range, whatever the chunks, from memory that is reused', async () => {
      const { plain } = make();
      const offset = fc.nat({ max: plain.length });
      await fc.assert(
        fc.asyncProperty(offset, offset, fc.integer({ min: 1, max: 4096 }), async (a, b, chunkSize) => {
          const { source, inner } = await open({ chunkSize: chunkSize + 100, reuseMemory: true });
          const range = { start: Math.min(a, b), end: Math.max(a, b) };
          const bytes = await readAll(source.open(range, unhurried()));
          expect(bytes.equals(plain.subarray(range.start, range.end))).toBe(true);
          expect(inner.opened).toBe(inner.closed);
        }),
        { numRuns: 60 },
      );
    });

    it('deciphers into memory of its own: the stored bytes stay as they are', async () => {
      const { source } = await open({});
      const first = await readAll(source.open(wholeOf(source), unhurried()));
      const second = await readAll(source.open(wholeOf(source), unhurried()));
      expect(second.equals(first)).toBe(true);
    });

    it('frees the stored file when the loop is left', async () => {
      const { source, inner } = await open({ chunkSize: 16 });
      for await (const chunk of source.open(wholeOf(source), unhurried())) if (chunk.length > 0) break;
      expect(inner.opened).toBe(1);
      expect(inner.closed).toBe(1);
    });

    if (make().plain.length > 1) describeInterruptions(open);
    if (make().plain.length > 0) describeAuthenticator(open);
  });
}

type Open = (
  options?: MemorySourceOptions,
  stored?: Buffer,
) => Promise<DecipheredSample & { inner: MemorySource; source: ByteSource }>;

function describeInterruptions(open: Open): void {
  it('ends with the signal and frees the stored file', async () => {
    const { source, inner } = await open({ chunkSize: 1 });
    const controller = new AbortController();
    const read = async () => {
      for await (const chunk of source.open(wholeOf(source), controller.signal))
        if (chunk.length > 0) controller.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    expect(inner.closed).toBe(1);
  });

  it('passes on a failure of the storage', async () => {
    const { source } = await open({ failAt: (await open()).stored.length - 1 });
    await expect(readAll(source.open(wholeOf(source), unhurried()))).rejects.toThrow('The source failed');
  });
}

function describeAuthenticator(open: Open): void {
  const authenticatorOf = (source: ByteSource): Authenticator => {
    if (!source.authenticator) throw new Error('This source has no authenticator');
    return source.authenticator;
  };
  const pieces = async (
    source: ByteSource,
    cuts: readonly number[],
    observe: boolean,
  ): Promise<Evidence[]> => {
    const authenticator = authenticatorOf(source);
    const at = [...new Set([0, ...cuts.map((c) => c - (c % authenticator.alignment)), source.size])].sort(
      (a, b) => a - b,
    );
    const ranges = at.slice(1).map((end, i) => ({ start: at[i]!, end }));
    return Promise.all(
      ranges.map(async (range) => {
        if (!observe) return authenticator.gather(range, unhurried());
        const read = authenticator.observe(range, unhurried());
        await readAll(read);
        return read.evidence()!;
      }),
    );
  };

  it('verifies from pieces of any cut, in any order, seen or gathered', async () => {
    const { source } = await open({ chunkSize: 777, reuseMemory: true });
    const cuts = fc.array(fc.nat({ max: source.size }), { maxLength: 8 });
    const order = fc.array(fc.nat(), { minLength: 9, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), order, async (at, observe, keys) => {
        const found = await pieces(source, at, observe);
        const shuffled = found
          .map((piece, i) => ({ piece, key: keys[i]! }))
          .sort((a, b) => a.key - b.key)
          .map(({ piece }) => piece);
        expect(authenticatorOf(source).verify(shuffled)).toBe(true);
        if (found.length > 1) expect(authenticatorOf(source).verify(shuffled.slice(1))).toBe(false);
        expect(authenticatorOf(source).verify([...shuffled, found[0]!])).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('observes the very bytes that it hands out', async () => {
    const { source, plain } = await open({ chunkSize: 100, reuseMemory: true });
    const read = authenticatorOf(source).observe(wholeOf(source), unhurried());
    expect((await readAll(read)).equals(plain)).toBe(true);
    expect(authenticatorOf(source).verify([read.evidence()!])).toBe(true);
  });

  it('notices any flipped bit', async () => {
    const { stored } = await open();
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: stored.length - 1 }), fc.nat({ max: 7 }), async (byte, bit) => {
        const changed = Buffer.from(stored);
        changed[byte]! ^= 1 << bit;
        const { source } = await open({}, changed);
        const all = await authenticatorOf(source).gather(wholeOf(source), unhurried());
        expect(authenticatorOf(source).verify([all])).toBe(false);
      }),
      { numRuns: 60 },
    );
  });
}
