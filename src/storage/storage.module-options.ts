import type { FactoryProvider } from '@nestjs/common';

export interface StorageModuleOptions {
  /** LOCAL_STORAGE_ROOTS: absolute folders that local storages may lie in. */
  readonly localRoots: readonly string[];
  /** 32 bytes: seals the secrets of configs. */
  readonly encryptionKey: Uint8Array;
}

export interface StorageModuleAsyncOptions {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: never[]) => StorageModuleOptions | Promise<StorageModuleOptions>;
}

export const STORAGE_OPTIONS = Symbol('StorageModuleOptions');
/** Injects the `AdapterKind`s; a host app may add its own. */
export const STORAGE_ADAPTER_KINDS = Symbol('StorageAdapterKinds');
