import { describe, expect, it } from '@jest/globals';
import { MemorySource } from '../../test/support/memory-source.js';
import { unhurried } from '../../test/support/read-all.js';
import { DigestPass } from './digest-pass.js';

const MIB = 1024 * 1024;

describe('DigestPass', () => {
  it('asks twice a MiB whether it must make way, and no more once it is hurried', async () => {
    let asked = 0;
    const pass: DigestPass = new DigestPass(new MemorySource(Buffer.alloc(8 * MIB)), () => {
      asked += 1;
      if (asked === 4) pass.hurry();
      return true;
    });
    await pass.run(unhurried());
    expect(asked).toBe(4);
    let askedInAll = 0;
    const source = new MemorySource(Buffer.alloc(8 * MIB));
    await new DigestPass(source, () => (askedInAll += 1) < 0).run(unhurried());
    expect(askedInAll).toBe(16);
  });

  it('tells how far it is', async () => {
    const pass = new DigestPass(new MemorySource(Buffer.alloc(MIB)));
    expect(pass.progress).toEqual({ done: 0, total: MIB });
    await pass.run(unhurried());
    expect(pass.progress).toEqual({ done: MIB, total: MIB });
  });

  it('finds a source that ends early', async () => {
    const content = new MemorySource(Buffer.alloc(10));
    const short = { size: 11, version: '', integrity: 'none' as const, open: content.open.bind(content) };
    short.open = (range, signal) => content.open({ ...range, end: 10 }, signal);
    await expect(new DigestPass(short).run(unhurried())).rejects.toThrow('ended early');
  });
});
