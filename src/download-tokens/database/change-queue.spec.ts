import { describe, expect, it } from '@jest/globals';
import { ChangeQueue, type WaitingChange } from './change-queue.js';

describe('ChangeQueue', () => {
  /** Each batch waits until the test lets it go. */
  const held = () => {
    const batches: { key: string; changes: readonly WaitingChange<string>[]; go: (error?: Error) => void }[] =
      [];
    const queue = new ChangeQueue<string>(
      (key, changes) =>
        new Promise((resolve, reject) => {
          const go = (error?: Error) => {
            if (error) reject(error);
            else {
              for (const one of changes) one.resolve(`${one.change}!`);
              resolve();
            }
          };
          batches.push({ key, changes, go });
        }),
    );
    const sizes = () => batches.map(({ key, changes }) => `${key}${changes.length}`).join();
    return { queue, batches, sizes };
  };

  it('makes the first change at once, and those that come meanwhile together, in their order', async () => {
    const { queue, batches, sizes } = held();
    const answers = ['a', 'b', 'c'].map((change) => queue.add('x', change));
    expect(sizes()).toBe('x1');
    batches[0]!.go();
    expect(await answers[0]).toBe('a!');
    expect(sizes()).toBe('x1,x2');
    batches[1]!.go();
    expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!']);
  });

  it('lets one link not wait for another', () => {
    const { queue, sizes } = held();
    void queue.add('x', 'a');
    void queue.add('y', 'b');
    expect(sizes()).toBe('x1,y1');
  });

  it('fails all changes of a batch that fails, and goes on with the next', async () => {
    const { queue, batches } = held();
    const first = expect(queue.add('x', 'a')).rejects.toThrow('down');
    const second = queue.add('x', 'b');
    batches[0]!.go(new Error('down'));
    await first;
    batches[1]!.go();
    expect(await second).toBe('b!');
  });

  it('forgets a link once nobody waits, and starts anew for it', async () => {
    const { queue, batches, sizes } = held();
    const first = queue.add('x', 'a');
    batches[0]!.go();
    await first;
    await new Promise(setImmediate);
    void queue.add('x', 'b');
    expect(sizes()).toBe('x1,x1');
  });
});
