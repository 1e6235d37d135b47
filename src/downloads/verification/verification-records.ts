import { Inject, Injectable } from '@nestjs/common';
import type { Updateable } from 'kysely';
import { DATABASE } from '../../database/database.tokens.js';
import type { Database } from '../../database/open-database.js';
import type { LinksTable } from '../../database/schema.js';
import type { LinkSnapshot } from '../../download-tokens/claim.js';

/** What the record of a link says of its verification. */
@Injectable()
export class VerificationRecords {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Links whose verification had not ended when this was last written down. */
  async waiting(): Promise<string[]> {
    const rows = await this.database
      .selectFrom('links')
      .select('id')
      .where('verification', '=', 'running')
      .where('ended_at', 'is', null)
      .execute();
    return rows.map(({ id }) => id);
  }

  postponed({ link }: LinkSnapshot): Promise<void> {
    return this.change(link.id, { expires_at: link.expiresAt });
  }

  /** A link that ended meanwhile waits no more, and was not verified in time. */
  passed({ link }: LinkSnapshot): Promise<void> {
    if (link.verification?.state !== 'passed') return Promise.resolve();
    return this.change(link.id, { verification: 'passed', expires_at: link.expiresAt });
  }

  failed(linkId: string): Promise<void> {
    return this.change(linkId, { verification: 'failed' });
  }

  private async change(linkId: string, values: Updateable<LinksTable>): Promise<void> {
    await this.database.updateTable('links').set(values).where('id', '=', linkId).execute();
  }
}
