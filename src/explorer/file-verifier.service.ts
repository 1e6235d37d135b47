import { Injectable } from '@nestjs/common';
import { BackupOpenerService } from '../backups/backup-opener.service.js';
import { DigestsService } from '../backups/digests.service.js';
import { notABackup } from '../backups/not-a-backup.js';
import { verifiedBy, type VerifiedBy } from '../backups/verified-by.js';
import { AuthenticityError } from '../common/authenticity-error.js';
import { checkStoragePath } from '../common/storage-path.js';
import { BackupFormatsService } from '../crypto/backup-formats.service.js';
import { storageProblem } from '../storage/storage-problem.js';

interface Looked {
  readonly file: string;
  /** Bytes of the decrypted content. */
  readonly size: number;
  readonly verifiedBy: VerifiedBy;
  readonly durationMs: number;
}

/** What a look at all of a backup found. */
export type FileVerification = Looked &
  ({ readonly ok: true; readonly sha256: string } | { readonly ok: false });

/** Reads backups to their end to see that they are what was backed up. */
@Injectable()
export class FileVerifierService {
  constructor(
    private readonly opener: BackupOpenerService,
    private readonly digests: DigestsService,
    private readonly formats: BackupFormatsService,
  ) {}

  /**
   * Reads all of a backup, whatever is remembered of it; joins a pass that runs. What it finds is remembered.
   * @throws ProblemError 400, 404, 409, 422, 502, 503, as minting a link to it does
   */
  async verify(storageId: string, path: string): Promise<FileVerification> {
    const file = checkStoragePath(path);
    if (this.formats.isSidecar(file)) throw notABackup();
    const began = performance.now();
    try {
      const { source } = await this.opener.open(storageId, file, { decrypt: true });
      const { size, version } = source;
      const digest = await this.digests.verify({ storageId, file, version }, source).catch(orDamaged);
      const durationMs = Math.round(performance.now() - began);
      const looked = { file, size, verifiedBy: verifiedBy(source), durationMs };
      return digest === undefined ? { ok: false, ...looked } : { ok: true, ...looked, sha256: digest };
    } catch (error) {
      throw storageProblem(error);
    }
  }
}

function orDamaged(error: unknown): undefined {
  if (error instanceof AuthenticityError) return undefined;
  throw error as Error;
}
