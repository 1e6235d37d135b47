import { monotonicClock, type Clock } from '../../../common/clock.js';

/** What a stalled client costs, twice. */
export const SMALL_READ = 32 * 1024;
/** The size at which a pump is fastest. */
export const LARGE_READ = 512 * 1024;
/** More than the kernels' buffers on the way take without anybody reading. */
const PROVEN_BYTES = 16 * 1024 * 1024;
const SLOW_MS = 100;

/**
 * How much to read at once: much for a consumer that has proved quick, little for all others. A client that reads
 * nothing looks quick at first, because the kernel takes what it sends.
 */
export class ReadSize {
  private quickBytes = 0;
  private handedAt: number | undefined;

  constructor(private readonly clock: Clock = monotonicClock) {}

  get next(): number {
    return this.quickBytes < PROVEN_BYTES ? SMALL_READ : LARGE_READ;
  }

  /** The consumer gets a chunk. */
  handed(): void {
    this.handedAt = this.clock.now();
  }

  /** The consumer asks for more. */
  returned(bytes: number): void {
    const tookMs = this.clock.now() - (this.handedAt ?? this.clock.now());
    this.quickBytes = tookMs > SLOW_MS ? 0 : this.quickBytes + bytes;
  }
}
