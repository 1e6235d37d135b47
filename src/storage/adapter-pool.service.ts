import { createHash } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { badRequest } from '../common/problem.js';
import { parseConfig } from './adapter-config.js';
import type { AdapterKind, StorageContext } from './adapter-kind.js';
import type { StorageAdapter } from './storage-adapter.js';
import {
  STORAGE_ADAPTER_KINDS,
  STORAGE_OPTIONS,
  type StorageModuleOptions,
} from './storage.module-options.js';
import type { StoredStorage } from './storages.repository.js';

/** How long a backend may be silent in the middle of a read. */
const IDLE_TIMEOUT_MS = 30_000;

/** Knows the kinds of backends and keeps one adapter per storage for as long as its config stays. */
@Injectable()
export class AdapterPool implements OnApplicationShutdown {
  private readonly pool = new Map<string, { fingerprint: string; adapter: Promise<StorageAdapter> }>();
  readonly context: StorageContext;

  constructor(
    @Inject(STORAGE_ADAPTER_KINDS) private readonly kinds: readonly AdapterKind[],
    @Inject(STORAGE_OPTIONS) { localRoots }: StorageModuleOptions,
  ) {
    this.context = { localRoots, idleTimeoutMs: IDLE_TIMEOUT_MS };
  }

  /** @throws ProblemError 400 for a kind that does not exist */
  kindOf(name: string): AdapterKind {
    const kind = this.kinds.find((candidate) => candidate.kind === name);
    if (kind) return kind;
    const known = this.kinds.map((candidate) => `"${candidate.kind}"`).join(', ');
    const message = `adapter must be one of ${known}`;
    throw badRequest(message, { errors: [{ field: 'adapter', message }] });
  }

  /** The adapter of a storage as it was just read from the database; an older one of it is closed. */
  async adapterFor({ id, adapter: kind, config, secrets }: StoredStorage): Promise<StorageAdapter> {
    const identity = JSON.stringify([kind, config, secrets]);
    const fingerprint = createHash('sha256').update(identity).digest('base64');
    const kept = this.pool.get(id);
    if (kept?.fingerprint === fingerprint) return kept.adapter;
    const adapter = this.make(this.kindOf(kind), { ...config, ...secrets });
    this.pool.set(id, { fingerprint, adapter });
    // A failure is not kept, or it would outlive its cause.
    adapter.catch(() => {
      if (this.pool.get(id)?.adapter === adapter) this.pool.delete(id);
    });
    await close(kept?.adapter);
    return adapter;
  }

  /** Closes the adapter of a storage that is gone. */
  async drop(id: string): Promise<void> {
    const kept = this.pool.get(id);
    this.pool.delete(id);
    await close(kept?.adapter);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.pool.keys()].map((id) => this.drop(id)));
  }

  private async make(kind: AdapterKind, fields: Record<string, unknown>): Promise<StorageAdapter> {
    return kind.create(await parseConfig(kind, fields), this.context);
  }
}

/** Closing is housekeeping: the caller's own work does not fail with it. */
async function close(adapter: Promise<StorageAdapter> | undefined): Promise<void> {
  try {
    await (await adapter)?.close();
  } catch {
    // An adapter that could not be made has nothing to close.
  }
}
