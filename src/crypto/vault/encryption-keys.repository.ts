import { Inject, Injectable } from '@nestjs/common';
import { DATABASE } from '../../database/database.tokens.js';
import type { Database } from '../../database/open-database.js';
import type { EncryptionKeysTable } from '../../database/schema.js';
import type { KeyCursor } from './key-cursor.js';

/** A key without its material. */
export type EncryptionKeyRow = Omit<EncryptionKeysTable, 'sealed_material' | 'key_version'>;

const PUBLIC_COLUMNS = ['id', 'name', 'format', 'fingerprint', 'created_at'] as const;

/** The table `encryption_keys`. */
@Injectable()
export class EncryptionKeysRepository {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** @returns false when the id is taken */
  async insert(row: EncryptionKeysTable): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.database
      .insertInto('encryption_keys')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  find(id: string): Promise<EncryptionKeysTable | undefined> {
    return this.database.selectFrom('encryption_keys').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** Those of the ids that exist. */
  async existing(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.database
      .selectFrom('encryption_keys')
      .select('id')
      .where('id', 'in', ids)
      .execute();
    return new Set(rows.map((row) => row.id));
  }

  /** Oldest first. */
  list(limit: number, after?: KeyCursor): Promise<EncryptionKeyRow[]> {
    let query = this.database.selectFrom('encryption_keys').select(PUBLIC_COLUMNS);
    if (after)
      query = query.where((where) =>
        where.or([
          where('created_at', '>', after.createdAt),
          where.and([where('created_at', '=', after.createdAt), where('id', '>', after.id)]),
        ]),
      );
    return query.orderBy('created_at').orderBy('id').limit(limit).execute();
  }

  /** @returns false when there was none */
  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.database
      .deleteFrom('encryption_keys')
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
