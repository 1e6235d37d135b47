import type { LogLevelName } from './environment.js';

/** The settings of one run, complete and checked. Never printed: some are secret. */
export interface AppConfig {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** What every link starts with; without a slash at its end. Undefined: `http://localhost:<port>`. */
  readonly publicUrl: string | undefined;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** 32 bytes: seals what the database keeps secret. */
  readonly encryptionKey: Uint8Array;
  readonly adminApiKey: string | undefined;
  readonly demo: boolean;
  readonly trustedProxies: readonly string[];
  /** Absolute folders that local storages may lie in. */
  readonly localStorageRoots: readonly string[];
  /** May storages point at loopback, private and link-local addresses? */
  readonly allowPrivateEndpoints: boolean;
  readonly tokenStore: 'database' | 'memory';
  readonly tokenTtlMs: number;
  readonly cleanupIntervalMs: number;
  readonly transferWindowMs: number;
  readonly deliveryGraceMs: number;
  readonly logLevel: LogLevelName;
}

export const APP_CONFIG = Symbol('AppConfig');
