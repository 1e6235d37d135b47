import { Injectable } from '@nestjs/common';
import type { ByteSource } from '../common/byte-source.js';
import { BackupFormatsService, MAX_SIDECAR_BYTES } from '../crypto/backup-formats.service.js';
import { readSmallFile } from '../storage/read-small-file.js';
import { StoragesService } from '../storage/storages.service.js';

/** A stored backup, ready to be delivered in the form that was asked for. */
export interface OpenedBackup {
  readonly source: ByteSource;
  /** The name it is delivered under. */
  readonly fileName: string;
  /** Whether the stored file is encrypted. */
  readonly encrypted: boolean;
}

/** Joins storage and crypto: a path becomes the bytes that a client gets. Reads the sidecar, never the backup itself. */
@Injectable()
export class BackupOpenerService {
  private readonly opening = new Map<string, Promise<OpenedBackup>>();

  constructor(
    private readonly storages: StoragesService,
    private readonly formats: BackupFormatsService,
  ) {}

  /**
   * @throws ProblemError 404 (no such storage), 422 (cannot be decrypted)
   * @throws StorageError when the storage does not give the file
   */
  open(storageId: string, file: string, decrypt: boolean): Promise<OpenedBackup> {
    // A source holds nothing open and can be read any number of times, so that those who ask at the same moment (many
    // clients of one link) share it.
    const key = JSON.stringify([storageId, file, decrypt]);
    const shared = this.opening.get(key);
    if (shared) return shared;
    const opened = this.openAnew(storageId, file, decrypt).finally(() => this.opening.delete(key));
    this.opening.set(key, opened);
    return opened;
  }

  private async openAnew(storageId: string, file: string, decrypt: boolean): Promise<OpenedBackup> {
    const storage = await this.storages.adapterFor(storageId);
    const stored = await storage.source(file);
    const sidecar = await readSmallFile(storage, this.formats.sidecarPath(file), MAX_SIDECAR_BYTES);
    const facts = this.formats.describe({ path: file, size: stored.size }, sidecar);
    return {
      source: decrypt
        ? await this.formats.open({ path: file }, sidecar, stored)
        : this.formats.stored(facts, stored),
      fileName: this.formats.deliveredName(file, decrypt, facts),
      encrypted: facts.encrypted,
    };
  }
}
