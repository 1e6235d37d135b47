import { Inject, Injectable } from '@nestjs/common';
import { seal, unseal, type SealedPlace } from '../common/sealed-value.js';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import type { StoragesTable } from '../database/schema.js';
import { isUniqueViolation } from '../database/unique-violation.js';
import type { ConfigFields } from './adapter-config.js';
import type { Storage } from './storage.js';
import { STORAGE_OPTIONS, type StorageModuleOptions } from './storage.module-options.js';

/** Version of the key that seals; a rotation would count it up. */
const KEY_VERSION = 1;

/** A storage with what only its adapter may know. */
export interface StoredStorage extends Storage {
  readonly secrets: ConfigFields;
}

export type SaveResult = 'saved' | 'name-taken' | 'changed-meanwhile';

/** The table `storages`. */
@Injectable()
export class StoragesRepository {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(STORAGE_OPTIONS) private readonly options: StorageModuleOptions,
  ) {}

  async insert(storage: StoredStorage): Promise<SaveResult> {
    return this.save(async () => {
      await this.database.insertInto('storages').values(this.toRow(storage)).execute();
      return true;
    });
  }

  /** Replaces the row that was read, unless somebody else did so first. */
  async replace(before: Storage, storage: StoredStorage): Promise<SaveResult> {
    return this.save(async () => {
      const { numUpdatedRows } = await this.database
        .updateTable('storages')
        .set(this.toRow(storage))
        .where('id', '=', before.id)
        .where('updated_at', '=', before.updatedAt)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    });
  }

  async find(id: string): Promise<StoredStorage | undefined> {
    const row = await this.database
      .selectFrom('storages')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && { ...toStorage(row), secrets: this.openSecrets(row) };
  }

  /** In the order of their names. */
  async list(limit: number, afterName?: string): Promise<Storage[]> {
    let query = this.database.selectFrom('storages').selectAll().orderBy('name').limit(limit);
    if (afterName !== undefined) query = query.where('name', '>', afterName);
    return (await query.execute()).map(toStorage);
  }

  /** @returns false when there was none */
  async remove(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.database
      .deleteFrom('storages')
      .where('id', '=', id)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  private async save(statement: () => Promise<boolean>): Promise<SaveResult> {
    try {
      return (await statement()) ? 'saved' : 'changed-meanwhile';
    } catch (error) {
      if (isUniqueViolation(error)) return 'name-taken';
      throw error;
    }
  }

  private toRow(storage: StoredStorage): StoragesTable {
    const { id, name, adapter, config, secrets, createdAt, updatedAt } = storage;
    const sealed =
      Object.keys(secrets).length === 0
        ? null
        : seal(this.options.encryptionKey, placeOf(id), Buffer.from(JSON.stringify(secrets)));
    return {
      id,
      name,
      adapter,
      config: JSON.stringify(config),
      secrets: sealed,
      created_at: createdAt,
      updated_at: updatedAt,
    };
  }

  private openSecrets({ id, secrets }: StoragesTable): ConfigFields {
    if (secrets === null) return {};
    const opened = unseal(this.options.encryptionKey, placeOf(id), secrets);
    return JSON.parse(opened.toString()) as ConfigFields;
  }
}

function toStorage(row: StoragesTable): Storage {
  return {
    id: row.id,
    name: row.name,
    adapter: row.adapter,
    config: JSON.parse(row.config) as ConfigFields,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function placeOf(rowId: string): SealedPlace {
  return { table: 'storages', column: 'secrets', rowId, keyVersion: KEY_VERSION };
}
