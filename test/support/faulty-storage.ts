import { setTimeout } from 'node:timers/promises';
import { IsString } from 'class-validator';
import type { ByteRange, ByteSource } from '../../src/common/byte-source.js';
import type { AdapterKind } from '../../src/storage/adapter-kind.js';
import { LocalAdapter } from '../../src/storage/adapters/local/adapter.js';
import { StorageAdapter, type ListQuery } from '../../src/storage/storage-adapter.js';
import { StorageError, type StorageErrorCode } from '../../src/storage/storage-error.js';

/**
 * What goes wrong while the content of a file is read; `at` counts from the file's beginning, and a read that ends
 * before it goes well.
 * - `error`: a StorageError instead of the byte at `at`
 * - `crash`: an error that is none of ours
 * - `short`: the read ends there without an error
 * - `long`: so many bytes more than were asked for, after the range
 * - `flip`: one bit of the byte is another one
 * - `stall`: nothing comes any more until the read is aborted
 * - `deaf`: nothing comes any more, and the abort is not heard either
 * - `slow`: each 64 KiB take so long
 */
export type Fault =
  | { readonly kind: 'error'; readonly at: number; readonly code: StorageErrorCode }
  | { readonly kind: 'crash' | 'short' | 'flip' | 'stall' | 'deaf'; readonly at: number }
  | { readonly kind: 'long'; readonly bytes: number }
  | { readonly kind: 'slow'; readonly ms: number };

const SLOW_BYTES = 64 * 1024;

/** Which files are faulty now, and how many reads of faulty files are held. */
export class Faults {
  private readonly byPath = new Map<string, Fault>();
  /** Reads that stall at this moment. */
  stalled = 0;

  set(path: string, fault: Fault): void {
    this.byPath.set(path, fault);
  }

  clear(): void {
    this.byPath.clear();
  }

  of(path: string): Fault | undefined {
    return this.byPath.get(path);
  }

  /** A kind of storage that is a local folder with these faults. */
  readonly storageKind: AdapterKind<FaultyConfig> = {
    kind: 'faulty',
    configClass: FaultyConfig,
    create: ({ root }, context) => Promise.resolve(new FaultyAdapter(new LocalAdapter(root, context), this)),
  };
}

class FaultyConfig {
  @IsString()
  root!: string;
}

/** Any adapter, with faults in what is read through it. */
export class FaultyAdapter extends StorageAdapter {
  constructor(
    private readonly inner: StorageAdapter,
    private readonly faults: Faults,
  ) {
    super();
  }

  stat = (path: string) => this.inner.stat(path);
  list = (folder: string, query: ListQuery) => this.inner.list(folder, query);
  check = () => this.inner.check();
  close = () => this.inner.close();

  async source(path: string): Promise<ByteSource> {
    return new FaultySource(await this.inner.source(path), path, this.faults);
  }
}

class FaultySource implements ByteSource {
  readonly integrity = 'none';
  readonly size: number;
  readonly version: string;

  constructor(
    private readonly inner: ByteSource,
    private readonly path: string,
    private readonly faults: Faults,
  ) {
    this.size = inner.size;
    this.version = inner.version;
  }

  async *open(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const fault = this.faults.of(this.path);
    let position = range.start;
    for await (const chunk of this.inner.open(range, signal)) {
      const good = fault && 'at' in fault ? fault.at - position : Infinity;
      if (fault && good >= 0 && good < chunk.length) {
        if (fault.kind === 'flip') {
          chunk[good]! ^= 0x10;
        } else {
          if (good > 0) yield chunk.subarray(0, good);
          if (fault.kind === 'short') return;
          await this.fail(fault, signal);
        }
      }
      position += chunk.length;
      if (fault?.kind === 'slow') yield* slowly(chunk, fault.ms, signal);
      else yield chunk;
    }
    if (fault?.kind === 'long') yield new Uint8Array(fault.bytes).fill(0x2a);
  }

  private async fail(fault: Fault, signal: AbortSignal): Promise<never> {
    if (fault.kind === 'error') throw new StorageError(fault.code, 'A fault of the test.');
    if (fault.kind === 'crash') throw new TypeError('A fault of the test');
    this.faults.stalled += 1;
    return new Promise((_, reject) => {
      if (fault.kind === 'deaf') return;
      const onAbort = () => {
        this.faults.stalled -= 1;
        reject(signal.reason as Error);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

async function* slowly(chunk: Uint8Array, ms: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += SLOW_BYTES) {
    await setTimeout(ms, undefined, { signal });
    yield chunk.subarray(at, at + SLOW_BYTES);
  }
}
