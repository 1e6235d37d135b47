import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const verification: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('links').addColumn('verification', 'text').execute();
    await db.schema
      .alterTable('links')
      .addColumn('sidecar', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
  },
};
