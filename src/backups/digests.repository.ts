import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../common/clock.js';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import type { ContentId } from './content-id.js';

/** The forms of one file that are remembered at the same time: decrypted, as stored, bundled, and one to spare. */
const FORMS_OF_A_FILE = 4;
const FORGOTTEN_AFTER_MS = 90 * 86_400_000;

/** The table `digests`. */
@Injectable()
export class DigestsRepository {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(content: ContentId): Promise<string | undefined> {
    const row = await this.database
      .selectFrom('digests')
      .select('sha256')
      .where('storage_id', '=', content.storageId)
      .where('file', '=', content.file)
      .where('version', '=', content.version)
      .executeTakeFirst();
    return row?.sha256;
  }

  async save({ storageId, file, version }: ContentId, sha256: string): Promise<void> {
    const verifiedAt = this.clock.now();
    await this.database
      .insertInto('digests')
      .values({ storage_id: storageId, file, version, sha256, verified_at: verifiedAt })
      .onConflict((conflict) =>
        conflict.columns(['storage_id', 'file', 'version']).doUpdateSet({ sha256, verified_at: verifiedAt }),
      )
      .execute();
    await this.prune(storageId, file);
  }

  async forget({ storageId, file, version }: ContentId): Promise<void> {
    await this.database
      .deleteFrom('digests')
      .where('storage_id', '=', storageId)
      .where('file', '=', file)
      .where('version', '=', version)
      .execute();
  }

  async forgetStorage(storageId: string): Promise<void> {
    await this.database.deleteFrom('digests').where('storage_id', '=', storageId).execute();
  }

  /** Contents that were replaced, and those of files that nobody has asked for in a long time: they may be gone. */
  private async prune(storageId: string, file: string): Promise<void> {
    const newest = this.database
      .selectFrom('digests')
      .select('version')
      .where('storage_id', '=', storageId)
      .where('file', '=', file)
      .orderBy('verified_at', 'desc')
      .orderBy('version')
      .limit(FORMS_OF_A_FILE);
    await this.database
      .deleteFrom('digests')
      .where('storage_id', '=', storageId)
      .where('file', '=', file)
      .where('version', 'not in', newest)
      .execute();
    await this.database
      .deleteFrom('digests')
      .where('verified_at', '<', this.clock.now() - FORGOTTEN_AFTER_MS)
      .execute();
  }
}
