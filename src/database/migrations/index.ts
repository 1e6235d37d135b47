import type { Migration } from 'kysely/migration';
import { initial } from './0001-initial.js';
import { digests } from './0002-digests.js';
import { receipts } from './0003-receipts.js';
import { verification } from './0004-verification.js';

/** Every migration by name, in order. Ones that were released are never changed; add another. */
export const migrations: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-digests': digests,
  '0003-receipts': receipts,
  '0004-verification': verification,
};
