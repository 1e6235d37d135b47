import type { StorageAdapter } from './storage-adapter.js';

/** What adapters get from the deployment. */
export interface StorageContext {
  /** Folders that local storages may lie in, absolute. */
  readonly localRoots: readonly string[];
  /** A backend that is silent for so long is `unreachable`. */
  readonly idleTimeoutMs: number;
}

/** A kind of backend: its config and how an adapter is made of it. One per folder under `adapters/`. */
export interface AdapterKind<Config extends object = object> {
  /** The `adapter` field of a storage. */
  readonly kind: string;
  /** class-validator DTO; its `@Secret()` fields are sealed in the database and never shown. */
  readonly configClass: new () => Config;
  /**
   * Refuses, when a storage is saved, what no backend could make work.
   * @throws ProblemError 400
   */
  verify?(config: Config, context: StorageContext): Promise<void>;
  /** Imports what the kind needs: nobody pays for a library of a kind that is not used. Connects to nothing. */
  create(config: Config, context: StorageContext): Promise<StorageAdapter>;
}
