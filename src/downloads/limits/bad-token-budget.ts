import type { Clock } from '../../common/clock.js';

const MINUTE_MS = 60_000;
/** Who shows bad tokens from more addresses than this has its oldest ones forgotten: memory stays bounded. */
const MAX_CLIENTS = 10_000;

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/**
 * How many unknown tokens each client may still show: a bucket that fills again evenly, a minute from empty to full.
 * It never stands before a valid token, since many people may share one address.
 */
export class BadTokenBudget {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perMinute: number,
    /** Monotonic. */
    private readonly clock: Clock,
    private readonly maxClients = MAX_CLIENTS,
  ) {}

  /** Counts one bad token. @returns 0, or when there is nothing left: after how many ms there will be */
  spend(client: string): number {
    const now = this.clock.now();
    const left = this.leftOf(client, now);
    const refused = left < 1;
    // Last in the map's order: the ones whose last visit is longest ago go first.
    this.buckets.delete(client);
    this.buckets.set(client, { left: refused ? left : left - 1, at: now });
    this.forgetOldest();
    return refused ? ((1 - left) * MINUTE_MS) / this.perMinute : 0;
  }

  get size(): number {
    return this.buckets.size;
  }

  private leftOf(client: string, now: number): number {
    const bucket = this.buckets.get(client);
    if (!bucket) return this.perMinute;
    return Math.min(this.perMinute, bucket.left + ((now - bucket.at) * this.perMinute) / MINUTE_MS);
  }

  private forgetOldest(): void {
    for (const client of this.buckets.keys()) {
      if (this.buckets.size <= this.maxClients) return;
      this.buckets.delete(client);
    }
  }
}
