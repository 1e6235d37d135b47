import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a link's record lacks for a receipt. Links of before were judged by their connections, and delivered once. */
export const receipts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const links = db.schema.alterTable('links');
    await links.addColumn('confirm', 'text', (c) => c.notNull().defaultTo('connection')).execute();
    await links.addColumn('integrity', 'text').execute();
    await links.addColumn('confirmed_at', 'bigint').execute();
    await links.addColumn('sha256', 'text').execute();
    await links.addColumn('deliveries', 'integer', (c) => c.notNull().defaultTo(0)).execute();
  },
};
