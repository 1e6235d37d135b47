import type { ByteSource } from '../../../common/byte-source.js';
import { checkFolderPath, checkStoragePath } from '../../../common/storage-path.js';
import type { StorageContext } from '../../adapter-kind.js';
import { patiently } from '../../patiently.js';
import {
  StorageAdapter,
  type CheckResult,
  type FileStat,
  type ListQuery,
  type StorageListing,
} from '../../storage-adapter.js';
import { isStorageError, StorageError } from '../../storage-error.js';
import { openInside, type Opened } from './confined-open.js';
import { toStorageError } from './errors.js';
import { listFolder } from './listing.js';
import { resolveRoot } from './root.js';
import { LocalSource, versionOf } from './source.js';

/**
 * A folder of the server's disk. Nothing is kept between calls: root and allowed folders are resolved by each, so that
 * a disk that is mounted late or a link that is turned elsewhere is seen.
 */
export class LocalAdapter extends StorageAdapter {
  constructor(
    private readonly root: string,
    private readonly context: StorageContext,
  ) {
    super();
  }

  stat(path: string): Promise<FileStat> {
    return this.bounded(async () => {
      const { handle, stats } = await this.openFile(path);
      await handle.close();
      return {
        path,
        size: Number(stats.size),
        modifiedAt: Number(stats.mtimeMs),
        version: versionOf(stats),
      };
    });
  }

  async source(path: string): Promise<ByteSource> {
    const { size, version } = await this.stat(path);
    return new LocalSource(size, version, () => this.openFile(path), this.context.idleTimeoutMs);
  }

  list(folder: string, query: ListQuery): Promise<StorageListing> {
    return this.bounded(async () => listFolder(await this.resolveRoot(), checkFolderPath(folder), query));
  }

  async check(): Promise<CheckResult> {
    try {
      await this.list('', { limit: 1 });
      return { ok: true, message: 'The folder exists and can be read.' };
    } catch (error) {
      if (isStorageError(error, 'not-found')) return { ok: false, message: 'config.root is not a folder.' };
      if (isStorageError(error)) return { ok: false, message: error.message };
      throw error;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async openFile(path: string): Promise<Opened> {
    const opened = await openInside(await this.resolveRoot(), checkStoragePath(path));
    if (opened.stats.isFile()) return opened;
    await opened.handle.close();
    throw new StorageError('not-a-file', 'This is a folder.');
  }

  private resolveRoot(): Promise<string> {
    return resolveRoot(this.root, this.context.localRoots);
  }

  /** The work of a call, with its errors as ours and no longer than the idle timeout (a network mount may hang). */
  private async bounded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await patiently(work(), this.context.idleTimeoutMs);
    } catch (error) {
      throw toStorageError(error);
    }
  }
}
