import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCrypto } from '../../test/support/crypto-service.js';
import { MemorySource } from '../../test/support/memory-source.js';
import type { ByteSource } from '../common/byte-source.js';
import { StorageAdapter } from '../storage/storage-adapter.js';
import { StorageError, type StorageErrorCode } from '../storage/storage-error.js';
import type { StoragesService } from '../storage/storages.service.js';
import { ExplorerService } from './explorer.service.js';

/** One folder of files whose sidecars cannot be read, for a reason that their name is. */
class BrokenSidecars extends StorageAdapter {
  running = 0;
  most = 0;

  constructor(private readonly names: readonly string[]) {
    super();
  }

  list = () =>
    Promise.resolve({
      entries: this.names.map((name) => ({
        name,
        path: name,
        kind: 'file' as const,
        size: 1,
        modifiedAt: null,
      })),
      nextCursor: null,
    });

  source = async (path: string): Promise<ByteSource> => {
    this.most = Math.max(this.most, ++this.running);
    await new Promise((resolve) => setImmediate(resolve));
    this.running--;
    const code = /^[a-z-]+(?=_)/.exec(path)?.[0];
    if (code === undefined) return new MemorySource(Buffer.from('{}'));
    throw new StorageError(code as StorageErrorCode, 'broken');
  };

  stat = () => Promise.reject(new Error('not asked for'));
  check = () => Promise.reject(new Error('not asked for'));
  close = () => Promise.resolve();
}

describe('the explorer', () => {
  let crypto: Awaited<ReturnType<typeof openCrypto>>;

  beforeAll(async () => {
    crypto = await openCrypto();
  });
  afterAll(() => crypto.close());

  const explore = (adapter: StorageAdapter) => {
    const storages = { adapterFor: () => Promise.resolve(adapter) } as unknown as StoragesService;
    return new ExplorerService(storages, crypto.formats).list('st', { prefix: '', limit: 100 });
  };

  it('shows a folder although a sidecar in it cannot be read, and does not call it missing (W7)', async () => {
    const { items } = await explore(
      new BrokenSidecars(['access-denied_a.sql', 'changed_b.sql', 'protocol_c.sql', 'd.sql']),
    );
    expect(items.map((item) => item.sidecar)).toEqual([true, true, true, true]);
    expect(items.map((item) => item.facts?.problem?.code)).toEqual([
      'sidecar-unreadable',
      'sidecar-unreadable',
      'sidecar-unreadable',
      undefined,
    ]);
  });

  it('fails as a whole when the backend does not answer', async () => {
    await expect(explore(new BrokenSidecars(['a.sql', 'unreachable_b.sql']))).rejects.toMatchObject({
      status: 503,
      code: 'storage-unreachable',
    });
  });

  it('reads sixteen sidecars at a time', async () => {
    const adapter = new BrokenSidecars(Array.from({ length: 100 }, (_, i) => `${i}.sql`));
    expect((await explore(adapter)).items).toHaveLength(100);
    expect(adapter.most).toBe(16);
  });
});
