/** Lets so many works run at the same time; the others wait in the order in which they came. */
export class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  /** @throws the signal's reason when it is aborted before the work has begun */
  async within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.take();
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.give();
    }
  }

  private async take(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The slot goes straight to the next in line. */
  private give(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}
