import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange, ByteSource } from '../../../common/byte-source.js';
import { patiently } from '../../patiently.js';
import { StorageError } from '../../storage-error.js';
import type { Opened } from './confined-open.js';
import { toStorageError } from './errors.js';

/** Small, so that the first byte is quick; then the size at which a pump is fastest. */
const FIRST_CHUNK = 64 * 1024;
const CHUNK = 512 * 1024;

/** Says which content a file holds. Hashed: inode and time are nobody's business. */
export function versionOf(stats: BigIntStats): string {
  const identity = [stats.dev, stats.ino, stats.size, stats.mtimeNs].join(':');
  return createHash('sha256').update(identity).digest('base64url').slice(0, 22);
}

/** One content of one file of the disk. Opened anew for each read, so that no handle is held between them. */
export class LocalSource implements ByteSource {
  readonly integrity = 'none';

  constructor(
    readonly size: number,
    readonly version: string,
    private readonly openFile: () => Promise<Opened>,
    private readonly idleTimeoutMs: number,
  ) {}

  async *open(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    if (!(range.start >= 0 && range.start <= range.end && range.end <= this.size))
      throw new RangeError(`The range does not lie within the ${this.size} bytes of the file`);
    const handle = await this.openPinned(signal);
    let closing: Promise<void> | undefined;
    // A consumer that holds a chunk when it aborts need never come back. `close` waits for a read that is under way.
    const close = () => (closing ??= handle.close());
    const onAbort = () => void close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const reads = this.reads(handle, range);
      let ahead = reads.next();
      while (!ahead.done) {
        const chunk = await patiently(ahead.value, this.idleTimeoutMs, signal);
        ahead = reads.next();
        yield chunk;
      }
    } catch (error) {
      throw toStorageError(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
      await patiently(close(), this.idleTimeoutMs, signal).catch(() => undefined);
    }
  }

  private async openPinned(signal: AbortSignal): Promise<FileHandle> {
    signal.throwIfAborted();
    const opening = this.openFile();
    try {
      const { handle, stats } = await patiently(opening, this.idleTimeoutMs, signal);
      this.comparePinned(stats);
      return handle;
    } catch (error) {
      // It may still be opening, and then be open.
      void opening.then(({ handle }) => handle.close()).catch(() => undefined);
      throw toStorageError(error);
    }
  }

  /** Starts one read at each step, in turn into two buffers: the consumer holds one while the other is filled. */
  private *reads(handle: FileHandle, range: ByteRange): Generator<Promise<Uint8Array>, void> {
    const buffers: Buffer[] = [];
    let start = range.start;
    for (let step = 0; start < range.end; step++) {
      const length = Math.min(step === 0 ? FIRST_CHUNK : CHUNK, range.end - start);
      const kept = buffers[step % 2];
      const buffer = kept && kept.length >= length ? kept : Buffer.allocUnsafeSlow(length);
      buffers[step % 2] = buffer;
      const read = this.fill(handle, buffer.subarray(0, length), start, start + length === range.end);
      // Nobody may come for it.
      read.catch(() => undefined);
      yield read;
      start += length;
    }
  }

  /** The last chunk is given away only after the version was compared again: bytes may have changed under the read. */
  private async fill(handle: FileHandle, into: Buffer, start: number, isLast: boolean): Promise<Uint8Array> {
    for (let filled = 0; filled < into.length;) {
      const { bytesRead } = await handle.read(into, filled, into.length - filled, start + filled);
      if (bytesRead === 0) throw new StorageError('changed', 'The file became shorter while it was read.');
      filled += bytesRead;
    }
    if (isLast) this.comparePinned(await handle.stat({ bigint: true }));
    return into;
  }

  private comparePinned(stats: BigIntStats): void {
    if (versionOf(stats) !== this.version)
      throw new StorageError('changed', 'The file was replaced or written to.');
  }
}
