import { Injectable } from '@nestjs/common';
import type { ByteSource } from '../common/byte-source.js';
import { ProblemError } from '../common/problem.js';
import { baseName } from '../common/storage-path.js';
import { BackupFormatsService, MAX_SIDECAR_BYTES } from '../crypto/backup-formats.service.js';
import { readSmallFile } from '../storage/read-small-file.js';
import type { StorageAdapter } from '../storage/storage-adapter.js';
import { StoragesService } from '../storage/storages.service.js';
import { TarBundleSource, type TarMember } from './tar/tar-bundle.source.js';

/** In which form a stored backup is wanted. */
export interface BackupForm {
  /** The plaintext; false: as it is stored. */
  readonly decrypt: boolean;
  /** Together with its sidecar, as one tar; only as it is stored. Default: false. */
  readonly sidecar?: boolean | undefined;
}

/** A stored backup, ready to be delivered in the form that was asked for. */
export interface OpenedBackup {
  readonly source: ByteSource;
  /** The name it is delivered under. */
  readonly fileName: string;
  /** Whether the stored file is encrypted. */
  readonly encrypted: boolean;
}

/** The code of the 422 for a bundle without a second file. */
export const NO_SIDECAR = 'no-sidecar';

/** Joins storage and crypto: a path becomes the bytes that a client gets. Reads the sidecar, never the backup itself. */
@Injectable()
export class BackupOpenerService {
  private readonly opening = new Map<string, Promise<OpenedBackup>>();

  constructor(
    private readonly storages: StoragesService,
    private readonly formats: BackupFormatsService,
  ) {}

  /**
   * @throws ProblemError 404 (no such storage), 422 (cannot be decrypted, or has no sidecar)
   * @throws StorageError when the storage does not give the file
   */
  open(storageId: string, file: string, { decrypt, sidecar = false }: BackupForm): Promise<OpenedBackup> {
    if (decrypt && sidecar) throw new RangeError('A bundle holds the file as it is stored');
    // A source holds nothing open and can be read any number of times, so that those who ask at the same moment (many
    // clients of one link) share it.
    const key = JSON.stringify([storageId, file, decrypt, sidecar]);
    const shared = this.opening.get(key);
    if (shared) return shared;
    const opened = this.openAnew(storageId, file, decrypt, sidecar).finally(() => this.opening.delete(key));
    this.opening.set(key, opened);
    return opened;
  }

  private async openAnew(
    storageId: string,
    file: string,
    decrypt: boolean,
    bundled: boolean,
  ): Promise<OpenedBackup> {
    const storage = await this.storages.adapterFor(storageId);
    const stored = await storage.source(file);
    const sidecar = await readSmallFile(storage, this.formats.sidecarPath(file), MAX_SIDECAR_BYTES);
    const facts = this.formats.describe({ path: file, size: stored.size }, sidecar);
    const fileName = this.formats.deliveredName(file, decrypt, facts);
    const { encrypted } = facts;
    if (decrypt)
      return { source: await this.formats.open({ path: file }, sidecar, stored), fileName, encrypted };
    const source = this.formats.stored(facts, stored);
    if (!bundled) return { source, fileName, encrypted };
    if (sidecar.kind === 'absent') throw noSidecar();
    return { source: await this.bundle(storage, file, source), fileName: `${fileName}.tar`, encrypted };
  }

  private async bundle(storage: StorageAdapter, file: string, source: ByteSource): Promise<ByteSource> {
    const sidecarPath = this.formats.sidecarPath(file);
    return new TarBundleSource([
      await member(storage, file, source),
      await member(storage, sidecarPath, await storage.source(sidecarPath)),
    ]);
  }
}

/** If the file changes between the two looks at it, the time is another one, and so is the bundle's version. */
async function member(storage: StorageAdapter, path: string, source: ByteSource): Promise<TarMember> {
  const { modifiedAt } = await storage.stat(path);
  return { name: baseName(path), modifiedAt, source };
}

const noSidecar = () =>
  new ProblemError({
    status: 422,
    code: NO_SIDECAR,
    title: 'There is no sidecar',
    detail:
      'No sidecar (<file>.meta.json) lies beside the file. Put it back, or ask without "sidecar" for the file alone.',
  });
