import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { hashingBody } from './hashing-body.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('hashingBody', () => {
  const content = randomBytes(1000);
  async function* chunks(upTo = content.length) {
    for (let at = 0; at < upTo; at += 300)
      yield await Promise.resolve(content.subarray(at, Math.min(at + 300, upTo)));
  }

  it('passes every chunk on, and tells the digest before the last one', async () => {
    const told: string[] = [];
    const seen: [number, number][] = [];
    const body = hashingBody(chunks(), content.length, async (digest) => {
      await Promise.resolve();
      told.push(digest);
    });
    const passed: Uint8Array[] = [];
    for await (const chunk of body) {
      passed.push(chunk);
      seen.push([chunk.length, told.length]);
    }
    expect(Buffer.concat(passed).equals(content)).toBe(true);
    expect(seen).toEqual([
      [300, 0],
      [300, 0],
      [300, 0],
      [100, 1],
    ]);
    expect(told).toEqual([sha256(content)]);
  });

  it('tells of an empty body too', async () => {
    const tell = jest.fn<(sha256: string) => Promise<void>>();
    for await (const chunk of hashingBody(chunks(0), 0, tell)) expect(chunk).toBeUndefined();
    expect(tell.mock.calls).toEqual([[sha256(new Uint8Array())]]);
  });

  it('tells nothing of a body that ends early, fails or is left', async () => {
    const tell = jest.fn<(sha256: string) => Promise<void>>();
    for await (const chunk of hashingBody(chunks(900), content.length, tell)) expect(chunk).toHaveLength(300);
    const left = jest.fn();
    async function* watched() {
      try {
        yield* chunks();
      } finally {
        left();
      }
    }
    for await (const chunk of hashingBody(watched(), content.length, tell)) if (chunk.length > 0) break;
    expect(left).toHaveBeenCalledTimes(1);
    async function* failing() {
      yield* chunks(900);
      throw new Error('damaged');
    }
    const read = async () => {
      for await (const chunk of hashingBody(failing(), content.length, tell)) expect(chunk).toHaveLength(300);
    };
    await expect(read()).rejects.toThrow('damaged');
    expect(tell).not.toHaveBeenCalled();
  });
});
