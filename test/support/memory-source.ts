import type { ByteRange, ByteSource } from '../../src/common/byte-source.js';

export interface MemorySourceOptions {
  /** Bytes a chunk; 64 KiB by default. */
  readonly chunkSize?: number;
  /** Overwrites a chunk's memory once the next one is asked for, as a source with two buffers would. */
  readonly reuseMemory?: boolean;
  readonly version?: string;
  /** Throws instead of yielding the byte at this offset. */
  readonly failAt?: number;
}

/** A plain source over a buffer that counts what is done to it. */
export class MemorySource implements ByteSource {
  readonly size: number;
  readonly version: string;
  readonly integrity = 'none';
  /** Reads that began, and those that ended, whichever way. */
  opened = 0;
  closed = 0;
  bytesRead = 0;

  constructor(
    private readonly content: Buffer,
    private readonly options: MemorySourceOptions = {},
  ) {
    this.size = content.length;
    this.version = options.version ?? 'memory';
  }

  async *open(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { chunkSize = 64 * 1024, reuseMemory = false, failAt = Infinity } = this.options;
    const memory = Buffer.alloc(reuseMemory ? chunkSize : 0);
    this.opened++;
    try {
      for (let at = range.start; at < range.end; at += chunkSize) {
        signal.throwIfAborted();
        const end = Math.min(at + chunkSize, range.end);
        if (failAt < end) throw new Error('The source failed');
        this.bytesRead += end - at;
        const chunk = this.content.subarray(at, end);
        if (reuseMemory) {
          chunk.copy(memory);
          yield memory.subarray(0, chunk.length);
          memory.fill(0xee);
        } else {
          yield Buffer.from(chunk);
        }
        await Promise.resolve();
      }
    } finally {
      this.closed++;
    }
  }
}
