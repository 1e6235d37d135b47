import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange, ByteSource } from '../../../common/byte-source.js';
import { patiently } from '../../patiently.js';
import { StorageError } from '../../storage-error.js';
import type { Opened } from './confined-open.js';
import { toStorageError } from './errors.js';
import { ReadSize } from './read-size.js';

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
      const readSize = new ReadSize();
      const reads = this.reads(handle, range, readSize);
      let ahead = reads.next();
      while (!ahead.done) {
        const chunk = await patiently(ahead.value, this.idleTimeoutMs, signal);
        ahead = reads.next();
        readSize.handed();
        yield chunk;
        readSize.returned(chunk.length);
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
  private *reads(
    handle: FileHandle,
    range: ByteRange,
    readSize: ReadSize,
  ): Generator<Promise<Uint8Array>, void> {
    const buffers: Buffer[] = [];
    let start = range.start;
    for (let step = 0; start < range.end; step++) {
      const length = Math.min(readSize.next, range.end - start);
      const buffer = bufferOf(readSize.next, buffers[step % 2]);
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

/** The same one while its size is right; another one's memory is given back at once, not when it is collected. */
function bufferOf(size: number, kept: Buffer | undefined): Buffer {
  if (kept?.length === size) return kept;
  (kept?.buffer as ArrayBuffer | undefined)?.transfer(0);
  return Buffer.allocUnsafeSlow(size);
}
