/**
 * Random numbers that a failed test can be repeated with: put `seed` into the test's title, and set `TEST_SEED` to it.
 * The generator is Marsaglia's xorshift of 32 bits.
 */
export class Random {
  private state: number;

  constructor(readonly seed: number = Number(process.env.TEST_SEED ?? (Date.now() % 1_000_000_007) + 1)) {
    this.state = seed | 1;
    for (let warm = 0; warm < 16; warm++) this.next();
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor((this.next() / 0x1_0000_0000) * (max - min + 1));
  }

  /** True in one of `n` times. */
  oneIn(n: number): boolean {
    return this.int(1, n) === 1;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new Error('Nothing to pick from');
    return item;
  }

  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }
}
