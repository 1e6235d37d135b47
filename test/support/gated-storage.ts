import { IsString } from 'class-validator';
import type { ByteRange, ByteSource } from '../../src/common/byte-source.js';
import type { AdapterKind, StorageContext } from '../../src/storage/adapter-kind.js';
import { LocalAdapter } from '../../src/storage/adapters/local/adapter.js';
import { StorageError } from '../../src/storage/storage-error.js';

/** Holds every read of a backup at its first byte while it is shut; sidecars pass. */
export class Gate {
  /** Reads of backups that began. */
  reads = 0;
  /** Fails so many of the next reads that pass. */
  failures = 0;
  private opened = Promise.withResolvers<undefined>();

  constructor() {
    this.open();
  }

  shut(): void {
    this.opened = Promise.withResolvers();
  }

  open(): void {
    this.opened.resolve(undefined);
  }

  async pass(signal: AbortSignal): Promise<void> {
    this.reads += 1;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener(
        'abort',
        () => {
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
    await Promise.race([this.opened.promise, aborted]);
    if (this.failures === 0) return;
    this.failures -= 1;
    throw new StorageError('unreachable', 'A fault of the test.');
  }

  /** A kind of storage that is a local folder behind this gate. */
  readonly storageKind: AdapterKind<GatedConfig> = {
    kind: 'gated',
    configClass: GatedConfig,
    create: ({ root }, context) => Promise.resolve(new GatedAdapter(root, context, this)),
  };
}

class GatedConfig {
  @IsString()
  root!: string;
}

class GatedAdapter extends LocalAdapter {
  constructor(
    root: string,
    context: StorageContext,
    private readonly gate: Gate,
  ) {
    super(root, context);
  }

  override async source(path: string): Promise<ByteSource> {
    const inner = await super.source(path);
    return path.endsWith('.meta.json') ? inner : new GatedSource(inner, this.gate);
  }
}

class GatedSource implements ByteSource {
  readonly integrity = 'none';
  readonly size: number;
  readonly version: string;

  constructor(
    private readonly inner: ByteSource,
    private readonly gate: Gate,
  ) {
    this.size = inner.size;
    this.version = inner.version;
  }

  async *open(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await this.gate.pass(signal);
    yield* this.inner.open(range, signal);
  }
}
