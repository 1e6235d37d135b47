import { Inject, Injectable, Optional } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { CLOCK, type Clock } from '../common/clock.js';
import type { Page } from '../common/page.js';
import { ProblemError } from '../common/problem.js';
import { mergeConfig, parseConfig, splitSecrets, type ConfigFields } from './adapter-config.js';
import { AdapterPool } from './adapter-pool.service.js';
import { cursorAfter, nameBefore } from './name-cursor.js';
import type { CheckResult, StorageAdapter } from './storage-adapter.js';
import type { Storage } from './storage.js';
import { STORAGE_DELETED, type StorageDeletedEvent } from './storage-events.js';
import { newStorageId, noSuchStorage } from './storage-id.js';
import { StoragesRepository, type SaveResult, type StoredStorage } from './storages.repository.js';

export interface NewStorage {
  readonly name: string;
  readonly adapter: string;
  /** With secrets. */
  readonly config: ConfigFields;
}

export interface StorageChanges {
  readonly name?: string | undefined;
  /** Fields that are not named stay as they are, secrets too; null takes one away. */
  readonly config?: ConfigFields | undefined;
}

/** The storages: kept in the database, and opened for whoever reads files. */
@Injectable()
export class StoragesService {
  constructor(
    private readonly storages: StoragesRepository,
    private readonly pool: AdapterPool,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() private readonly events?: EventEmitter2,
  ) {}

  /** @throws ProblemError 400 for an unknown adapter or a config that cannot work, 409 for a name that is taken */
  async create({ name, adapter, config }: NewStorage): Promise<Storage> {
    const now = this.clock.now();
    const halves = await this.accept(adapter, mergeConfig({}, config));
    const storage = { id: newStorageId(), name, adapter, ...halves, createdAt: now, updatedAt: now };
    refuseUnsaved(await this.storages.insert(storage));
    return withoutSecrets(storage);
  }

  /** In the order of their names. */
  async list(limit: number, cursor?: string): Promise<Page<Storage>> {
    const found = await this.storages.list(limit + 1, cursor === undefined ? undefined : nameBefore(cursor));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: last && found.length > limit ? cursorAfter(last.name) : null };
  }

  /** Undefined: there is none with this id. */
  async find(id: string): Promise<Storage | undefined> {
    const storage = await this.storages.find(id);
    return storage && withoutSecrets(storage);
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<Storage> {
    return withoutSecrets(await this.getStored(id));
  }

  /** @throws ProblemError 400, 404; 409 for a name that is taken or when somebody else changed it meanwhile */
  async update(id: string, changes: StorageChanges): Promise<Storage> {
    const before = await this.getStored(id);
    const halves = changes.config
      ? await this.accept(
          before.adapter,
          mergeConfig({ ...before.config, ...before.secrets }, changes.config),
        )
      : {};
    const updatedAt = Math.max(this.clock.now(), before.updatedAt + 1);
    const storage = { ...before, ...halves, name: changes.name ?? before.name, updatedAt };
    refuseUnsaved(await this.storages.replace(before, storage));
    return withoutSecrets(storage);
  }

  /** @throws ProblemError 404 */
  async remove(id: string): Promise<void> {
    if (!(await this.storages.remove(id))) throw noSuchStorage();
    await this.pool.drop(id);
    this.events?.emit(STORAGE_DELETED, { storageId: id } satisfies StorageDeletedEvent);
  }

  /** @throws ProblemError 404 */
  async check(id: string): Promise<CheckResult> {
    return (await this.adapterFor(id)).check();
  }

  /**
   * The adapter of a storage, as it is configured now. Not to be closed, nor kept beyond a request.
   * @throws ProblemError 404
   */
  async adapterFor(id: string): Promise<StorageAdapter> {
    return this.pool.adapterFor(await this.getStored(id));
  }

  private async getStored(id: string): Promise<StoredStorage> {
    const storage = await this.storages.find(id);
    if (!storage) throw noSuchStorage();
    return storage;
  }

  /** Checks a config and gives its halves. */
  private async accept(adapter: string, fields: ConfigFields) {
    const kind = this.pool.kindOf(adapter);
    const config = await parseConfig(kind, fields);
    await kind.verify?.(config, this.pool.context);
    const { shown, secrets } = splitSecrets(kind, fields);
    return { config: shown, secrets };
  }
}

function withoutSecrets({ id, name, adapter, config, createdAt, updatedAt }: Storage): Storage {
  return { id, name, adapter, config, createdAt, updatedAt };
}

function refuseUnsaved(result: SaveResult): void {
  if (result === 'name-taken')
    throw new ProblemError({
      status: 409,
      code: 'name-taken',
      title: 'The name is taken',
      detail: 'Another storage has this name. Choose a different one.',
    });
  if (result === 'changed-meanwhile')
    throw new ProblemError({
      status: 409,
      code: 'storage-changed',
      title: 'The storage has changed',
      detail: 'Somebody else changed or deleted the storage at the same moment. Read it and try again.',
    });
}
