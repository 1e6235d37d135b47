import type { ServerResponse } from 'node:http';
import { monotonicClock, type Clock } from '../../common/clock.js';

/** The connection ended while the body was being written. */
export class ConnectionLostError extends Error {
  constructor() {
    super('The connection ended before the body was sent');
    this.name = 'ConnectionLostError';
  }
}

/**
 * Writes a body with back-pressure: each write resolves when the kernel has taken the bytes, so a chunk's memory is
 * free again then, and a stalled client costs one chunk.
 */
export class BodyWriter {
  /** Bytes of the body that the kernel has taken. */
  sent = 0;
  /** Bytes of the write under way. */
  pending = 0;
  private waitedBefore = 0;
  private waitingSince: number | undefined;
  private fail: ((error: Error) => void) | undefined;
  private lost = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly clock: Clock = monotonicClock,
  ) {
    response.once('close', () => {
      this.lost = true;
      this.fail?.(new ConnectionLostError());
    });
  }

  /** For how long, in all, the client was what we waited for: in writes, and from the end of the body on. In ms. */
  get waitedMs(): number {
    return this.waitedBefore + (this.waitingSince === undefined ? 0 : this.clock.now() - this.waitingSince);
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.pending = chunk.length;
    this.waitingSince = this.clock.now();
    try {
      await this.until((done) => {
        this.response.write(chunk, done);
      });
      this.sent += chunk.length;
    } finally {
      this.waitedBefore = this.waitedMs;
      this.waitingSince = undefined;
      this.pending = 0;
    }
  }

  /** Ends the body; resolves when all of it was handed to the kernel. */
  end(): Promise<void> {
    this.waitingSince = this.clock.now();
    return this.until((done) => {
      this.response.end(done);
    });
  }

  private until(action: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.lost || this.response.destroyed) {
        reject(new ConnectionLostError());
        return;
      }
      this.fail = reject;
      action((error) => {
        this.fail = undefined;
        if (error) reject(new ConnectionLostError());
        else resolve();
      });
    });
  }
}
