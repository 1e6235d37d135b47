/** A change that somebody waits for; exactly one of the two is called, once. */
export interface WaitingChange<C> {
  readonly change: C;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects the changes of a link while an earlier one is being made, and makes them together: however many clients
 * ask at once, the database sees one reading and one writing at a time, and this process never races itself.
 */
export class ChangeQueue<C> {
  private readonly waiting = new Map<string, WaitingChange<C>[]>();

  /** @param make makes changes of one link in their order, and answers each; what it throws all of them get */
  constructor(private readonly make: (key: string, changes: readonly WaitingChange<C>[]) => Promise<void>) {}

  add(key: string, change: C): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const one = { change, resolve, reject };
      const queue = this.waiting.get(key);
      if (queue) queue.push(one);
      else {
        this.waiting.set(key, [one]);
        void this.drain(key);
      }
    });
  }

  private async drain(key: string): Promise<void> {
    for (let queue = this.waiting.get(key); queue && queue.length > 0; queue = this.waiting.get(key)) {
      const changes = queue.splice(0);
      try {
        await this.make(key, changes);
      } catch (error) {
        for (const { reject } of changes) reject(error);
      }
    }
    this.waiting.delete(key);
  }
}
