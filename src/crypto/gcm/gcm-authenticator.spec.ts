import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Evidence } from '../../common/authenticator.js';
import { wholeOf, type ByteRange } from '../../common/byte-source.js';
import { encryptGcm } from '../../../test/support/gcm-vectors.js';
import { MemorySource, type MemorySourceOptions } from '../../../test/support/memory-source.js';
import { readAll, unhurried } from '../../../test/support/read-all.js';
import { GcmSource } from './gcm-source.js';

const KIB = 1024;
const vector = encryptGcm(randomBytes(600 * KIB + 5));
const open = (options: MemorySourceOptions = {}, changes: Partial<typeof vector> = {}) => {
  const { key, iv, tag, ciphertext } = { ...vector, ...changes };
  const inner = new MemorySource(ciphertext, { reuseMemory: true, ...options });
  return { inner, source: new GcmSource(inner, { key: createSecretKey(key), iv, tag }) };
};

async function observed(range: ByteRange, options?: MemorySourceOptions) {
  const { source } = open(options);
  const read = source.authenticator.observe(range, unhurried());
  await readAll(read);
  return { read, source, gather: (r: ByteRange) => source.authenticator.gather(r, unhurried()) };
}

/** Gathers what the evidence lacks and verifies the whole. */
async function completes(evidence: Evidence, { source, gather }: Awaited<ReturnType<typeof observed>>) {
  const before = await gather({ start: 0, end: evidence.start });
  const after = await gather({ start: evidence.end, end: source.size });
  return source.authenticator.verify([after, before, evidence]);
}

describe('observed evidence', () => {
  it('covers every whole block of a range, from wherever it starts, and completes to a proof', async () => {
    const offset = fc.nat({ max: vector.plain.length });
    await fc.assert(
      fc.asyncProperty(offset, offset, fc.integer({ min: 1, max: 200_000 }), async (a, b, chunkSize) => {
        const range = { start: Math.min(a, b), end: Math.max(a, b) };
        const result = await observed(range, { chunkSize: chunkSize + 50 });
        const evidence = result.read.evidence();
        const start = Math.ceil(range.start / 16) * 16;
        const end = range.end === result.source.size ? range.end : range.end - (range.end % 16);
        if (end <= start) {
          expect(evidence).toBeUndefined();
          return;
        }
        expect(evidence).toMatchObject({ start, end });
        expect(await completes(evidence!, result)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is cut back to what was sent, losing at most a checkpoint', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: vector.plain.length }),
        fc.constantFrom(1000, 65_536),
        async (sent, chunkSize) => {
          const result = await observed({ start: 0, end: vector.plain.length }, { chunkSize });
          const evidence = result.read.evidence(sent);
          if (!evidence) {
            expect(sent).toBeLessThan(258 * KIB);
            return;
          }
          expect(evidence.end).toBeLessThanOrEqual(sent);
          expect(sent - evidence.end).toBeLessThan(258 * KIB);
          expect(await completes(evidence, result)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is complete once the last byte was handed out, even if nobody asks for more', async () => {
    const { source } = open({ chunkSize: 100 * KIB });
    const read = source.authenticator.observe(wholeOf(source), unhurried());
    let seen = 0;
    for await (const chunk of read) {
      seen += chunk.length;
      if (seen === source.size) break;
    }
    expect(source.authenticator.verify([read.evidence()!])).toBe(true);
  });

  it('survives a read that broke, up to there', async () => {
    const { source, inner } = open({ chunkSize: 64 * KIB, failAt: 300 * KIB });
    const read = source.authenticator.observe(wholeOf(source), unhurried());
    await expect(readAll(read)).rejects.toThrow('The source failed');
    expect(read.evidence()).toMatchObject({ start: 0, end: 256 * KIB });
    expect(inner.closed).toBe(1);
  });

  it('is of one pass: a second one is refused', async () => {
    const { read } = await observed({ start: 0, end: 100 });
    await expect(readAll(read)).rejects.toThrow('once');
  });

  it('always has an answer over thousands of checkpoints, in a bounded list', async () => {
    const big = encryptGcm(Buffer.alloc(64 * 1024 * KIB));
    const { source } = open({ chunkSize: 256 * KIB }, big);
    const read = source.authenticator.observe(wholeOf(source), unhurried());
    await readAll(read);
    const ends = new Set<number>();
    for (let sent = 256 * KIB; sent <= source.size; sent += 256 * KIB) ends.add(read.evidence(sent)!.end);
    expect(ends.size).toBeLessThanOrEqual(64);
    // The newest 8 MiB, which may still be on their way, are all there.
    for (let back = 0; back < 32; back++) {
      const sent = source.size - back * 256 * KIB;
      expect(read.evidence(sent)!.end).toBe(sent);
    }
  });
});

describe('verify', () => {
  const piecesOf = async (...cuts: number[]) => {
    const { source } = open();
    const at = [0, ...cuts, source.size];
    const ranges = at.slice(1).map((end, i) => ({ start: at[i]!, end }));
    const pieces = await Promise.all(ranges.map((r) => source.authenticator.gather(r, unhurried())));
    return { pieces, verify: (p: Evidence[]) => source.authenticator.verify(p) };
  };

  it('refuses gaps, overlaps, foreign alignment and states of another length', async () => {
    const { pieces, verify } = await piecesOf(160, 3200);
    const [a, b, c] = pieces as [Evidence, Evidence, Evidence];
    expect(verify([c, a, b])).toBe(true);
    expect(verify([])).toBe(false);
    expect(verify([a, c])).toBe(false);
    expect(verify([a, b])).toBe(false);
    expect(verify([b, c])).toBe(false);
    expect(verify([a, b, b, c])).toBe(false);
    expect(verify([a, { ...b, end: 3201 }, { ...c, start: 3201 }])).toBe(false);
    // As many blocks as before, so the sum would be right.
    expect(verify([{ ...a, end: 165 }, { ...b, start: 165 }, c])).toBe(false);
    expect(verify([a, { ...b, state: b.state.subarray(1) }, c])).toBe(false);
    expect(verify([{ ...a, start: 160, end: 0 }, b, c])).toBe(false);
    expect(verify([a, { ...b, state: c.state }, c])).toBe(false);
  });

  it('refuses a missing start even where it is zeros, which the sum alone would not notice', async () => {
    const keystream = encryptGcm(Buffer.alloc(64));
    const zeros = encryptGcm(keystream.ciphertext, keystream.key, keystream.iv);
    expect(zeros.ciphertext.equals(Buffer.alloc(64))).toBe(true);
    const { authenticator } = open({}, zeros).source;
    const end = await authenticator.gather({ start: 32, end: 64 }, unhurried());
    const start = await authenticator.gather({ start: 0, end: 32 }, unhurried());
    expect(authenticator.verify([end])).toBe(false);
    expect(authenticator.verify([start, end])).toBe(true);
  });

  it('refuses a wrong tag in any bit', async () => {
    const { pieces } = await piecesOf();
    for (let bit = 0; bit < 128; bit++) {
      const tag = Buffer.from(vector.tag);
      tag[bit >> 3]! ^= 1 << (bit & 7);
      expect(open({}, { tag }).source.authenticator.verify(pieces)).toBe(false);
    }
  });

  it('refuses the wrong key and the wrong IV', async () => {
    for (const change of [{ key: randomBytes(32) }, { iv: randomBytes(16) }]) {
      const { authenticator, size } = open({}, change).source;
      expect(authenticator.verify([await authenticator.gather({ start: 0, end: size }, unhurried())])).toBe(
        false,
      );
    }
  });

  it('refuses a file that is a byte longer or shorter', async () => {
    const longer = Buffer.concat([vector.ciphertext, Buffer.alloc(1)]);
    for (const ciphertext of [longer, vector.ciphertext.subarray(0, -1)]) {
      const { authenticator, size } = open({}, { ciphertext }).source;
      expect(authenticator.verify([await authenticator.gather({ start: 0, end: size }, unhurried())])).toBe(
        false,
      );
    }
  });

  it('notices every single flipped bit of a short file', async () => {
    const short = encryptGcm(randomBytes(53));
    for (let bit = 0; bit < 53 * 8; bit++) {
      const ciphertext = Buffer.from(short.ciphertext);
      ciphertext[bit >> 3]! ^= 1 << (bit & 7);
      const { authenticator } = open({}, { ...short, ciphertext }).source;
      const read = authenticator.observe({ start: 0, end: 53 }, unhurried());
      await readAll(read);
      expect(authenticator.verify([read.evidence()!])).toBe(false);
    }
  });

  it('gathers whole blocks only', async () => {
    const { authenticator } = open().source;
    await expect(authenticator.gather({ start: 1, end: 32 }, unhurried())).rejects.toThrow(RangeError);
    await expect(authenticator.gather({ start: 16, end: 33 }, unhurried())).rejects.toThrow(RangeError);
  });

  it('takes an empty gap anywhere, also at an end that is not a whole block', async () => {
    const { authenticator, size } = open().source;
    const all = await authenticator.gather({ start: 0, end: size }, unhurried());
    const nothing = await authenticator.gather({ start: size, end: size }, unhurried());
    expect(nothing).toMatchObject({ start: size, end: size });
    expect(authenticator.verify([nothing, all])).toBe(true);
  });
});
