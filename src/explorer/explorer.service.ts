import { Injectable } from '@nestjs/common';
import type { Page } from '../common/page.js';
import { baseName, checkFolderPath } from '../common/storage-path.js';
import { BackupFormatsService, type BackupFacts } from '../crypto/backup-formats.service.js';
import { readSmallFile } from '../storage/read-small-file.js';
import type { StorageAdapter, StorageEntry } from '../storage/storage-adapter.js';
import { isStorageError } from '../storage/storage-error.js';
import { storageProblem } from '../storage/storage-problem.js';
import { StoragesService } from '../storage/storages.service.js';
import { inParallel } from './in-parallel.js';

/** Sidecars read at the same time: enough to hide a backend's latency, few enough to leave it to others. */
const SIDECAR_READS = 16;

export interface ListFilesOptions {
  /** A folder; the empty string is the root. */
  readonly prefix: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A file or folder with what its sidecar says of it. */
export interface ExploredEntry extends StorageEntry {
  readonly sidecar: boolean;
  /** Undefined for folders. */
  readonly facts?: BackupFacts;
  /** Whether the vault has its key; null when it needs none. */
  readonly keyAvailable: boolean | null;
}

type Described = Omit<ExploredEntry, 'keyAvailable'>;

/** Lists folders as backups: each file with the facts of its sidecar, which itself is hidden. */
@Injectable()
export class ExplorerService {
  constructor(
    private readonly storages: StoragesService,
    private readonly formats: BackupFormatsService,
  ) {}

  /** @throws ProblemError 400, 404, and what `storageProblem` makes of the storage's errors */
  async list(storageId: string, { prefix, limit, cursor }: ListFilesOptions): Promise<Page<ExploredEntry>> {
    const folder = checkFolderPath(prefix);
    const adapter = await this.storages.adapterFor(storageId);
    try {
      const skipFile = (name: string) => this.formats.isSidecar(name);
      const { entries, nextCursor } = await adapter.list(folder, { limit, cursor, skipFile });
      const described = await inParallel(entries, SIDECAR_READS, (entry) => this.describe(adapter, entry));
      return { items: await this.withKeys(described), nextCursor };
    } catch (error) {
      throw storageProblem(error);
    }
  }

  private async describe(adapter: StorageAdapter, entry: StorageEntry): Promise<Described> {
    if (entry.kind === 'folder') return { ...entry, sidecar: false };
    const file = { path: entry.path, size: entry.size ?? 0 };
    try {
      const sidecar = await readSmallFile(adapter, this.formats.sidecarPath(entry.path));
      const facts = this.formats.describe(file, sidecar);
      return { ...entry, sidecar: sidecar.kind !== 'absent', facts };
    } catch (error) {
      if (!isStorageError(error, 'access-denied', 'changed', 'protocol')) throw error;
      // One broken sidecar must not hide a folder. Its file is no less encrypted for it.
      const facts = this.formats.describe(file, { kind: 'absent' });
      return { ...entry, sidecar: true, facts: { ...facts, problem: sidecarUnreadable(entry.path) } };
    }
  }

  private async withKeys(described: readonly Described[]): Promise<ExploredEntry[]> {
    const keyIds = described.map(({ facts }) => facts?.keyId).filter((id) => typeof id === 'string');
    const available = keyIds.length > 0 ? await this.formats.availableKeys(keyIds) : new Set<string>();
    return described.map((entry) => {
      const keyId = entry.facts?.keyId;
      return { ...entry, keyAvailable: typeof keyId === 'string' ? available.has(keyId) : null };
    });
  }
}

function sidecarUnreadable(path: string) {
  const detail = `The sidecar of "${baseName(path)}" cannot be read from the storage. Check its permissions there.`;
  return { code: 'sidecar-unreadable', detail };
}
