import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const digests: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('digests')
      .addColumn('storage_id', 'text', (c) => c.notNull())
      .addColumn('file', 'text', (c) => c.notNull())
      .addColumn('version', 'text', (c) => c.notNull())
      .addColumn('sha256', 'text', (c) => c.notNull())
      .addColumn('verified_at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('digests_content', ['storage_id', 'file', 'version'])
      .execute();
    await db.schema.createIndex('digests_oldest').on('digests').column('verified_at').execute();
  },
};
