import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inParallel } from './in-parallel.js';

describe('inParallel', () => {
  it('gives results in order and keeps to its width', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 5 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        async (turns, width) => {
          let running = 0;
          let most = 0;
          const results = await inParallel([...turns.entries()], width, async ([index, count]) => {
            most = Math.max(most, ++running);
            for (let turn = 0; turn <= count; turn++) await Promise.resolve();
            running--;
            return index;
          });
          expect(results).toEqual([...turns.keys()]);
          expect(most).toBe(Math.min(width, turns.length));
        },
      ),
    );
  });

  it('throws the first failure and starts nothing after it', async () => {
    const started: number[] = [];
    const work = inParallel([0, 1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item);
      await Promise.resolve();
      if (item === 1) throw new Error('failed');
    });
    await expect(work).rejects.toThrow('failed');
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual([0, 1, 2]);
  });
});
