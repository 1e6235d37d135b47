import type { ServerResponse } from 'node:http';

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
  private fail: ((error: Error) => void) | undefined;
  private lost = false;

  constructor(private readonly response: ServerResponse) {
    response.once('close', () => {
      this.lost = true;
      this.fail?.(new ConnectionLostError());
    });
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.until((done) => {
      this.response.write(chunk, done);
    }).then(() => {
      this.sent += chunk.length;
    });
  }

  /** Ends the body; resolves when all of it was handed to the kernel. */
  end(): Promise<void> {
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
