import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { describeDecipheredSource } from '../../../test/contract/deciphered-source.contract.js';
import { MemorySource } from '../../../test/support/memory-source.js';
import { readAll, unhurried } from '../../../test/support/read-all.js';
import { wholeOf } from '../../common/byte-source.js';
import { ChecksumSource } from './checksum-source.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

for (const size of [0, 1, 5_000, 65_536]) {
  const content = randomBytes(size);
  describeDecipheredSource(`a plain file of ${size} bytes with a checksum`, () => ({
    stored: content,
    plain: content,
    wrap: (stored) => Promise.resolve(new ChecksumSource(stored, sha256(content))),
  }));
}

describe('ChecksumSource', () => {
  const content = randomBytes(10_000);
  const open = (stored = content) => {
    const inner = new MemorySource(stored, { chunkSize: 999, reuseMemory: true });
    return { inner, source: new ChecksumSource(inner, sha256(content)) };
  };

  it('has no evidence before the whole was seen, and none of a part', async () => {
    const { source } = open();
    const { authenticator } = source;
    const part = authenticator.observe({ start: 1, end: source.size }, unhurried());
    await readAll(part);
    expect(part.checkpoints()).toEqual([]);
    expect(authenticator.missing([])).toEqual([wholeOf(source)]);
    const whole = authenticator.observe(wholeOf(source), unhurried());
    for await (const chunk of whole) {
      if (chunk.length > 0) expect(whole.evidence()).toBeUndefined();
      break;
    }
  });

  it('needs nothing more once the whole was seen', async () => {
    const { source } = open();
    const read = source.authenticator.observe(wholeOf(source), unhurried());
    await readAll(read);
    expect(read.evidence(source.size - 1)).toBeUndefined();
    const pieces = read.checkpoints();
    expect(source.authenticator.missing(pieces)).toEqual([]);
    expect(source.authenticator.verify(pieces)).toBe(true);
  });

  it('knows an empty file by its checksum, too', async () => {
    const empty = new MemorySource(Buffer.alloc(0));
    const proof = async (source: ChecksumSource) => {
      const { authenticator } = source;
      const [gap] = authenticator.missing([]);
      return authenticator.verify([await authenticator.gather(gap!, unhurried())]);
    };
    expect(await proof(new ChecksumSource(empty, sha256(Buffer.alloc(0))))).toBe(true);
    expect(await proof(new ChecksumSource(empty, sha256(content)))).toBe(false);
  });

  it('gathers nothing but the whole', async () => {
    const { source } = open();
    await expect(source.authenticator.gather({ start: 0, end: 16 }, unhurried())).rejects.toThrow(RangeError);
  });

  it('has a version that changes with the content and with what is promised of it', () => {
    const versions = [
      ['v1', 'a'],
      ['v1', 'b'],
      ['v2', 'a'],
    ].map(
      ([version, digit]) =>
        new ChecksumSource(new MemorySource(content, { version: version! }), digit!.repeat(64)).version,
    );
    expect(new Set(versions).size).toBe(3);
  });
});
