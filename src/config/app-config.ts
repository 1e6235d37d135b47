import type { LogLevelName } from './environment.js';

/** How much may be asked of the service, and how long it waits for a client. */
export interface LimitSettings {
  /** MIN_RATE_BYTES_PER_S; 0: any rate will do. */
  readonly minRateBytesPerS: number;
  readonly minRateGraceMs: number;
  readonly idleTimeoutMs: number;
  readonly maxStreams: number;
  readonly maxLiveLinks: number;
  readonly badTokensPerMinute: number;
}

/** Where certificate (with its chain) and private key lie, as PEM. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** The settings of one run, complete and checked. Never printed: some are secret. */
export interface AppConfig {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** What every link starts with; without a slash at its end. Undefined: this host at `port`. */
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
  readonly limits: LimitSettings;
  /** How long a stopping service lets downloads end by themselves. */
  readonly drainMs: number;
  /** Undefined: plain HTTP. */
  readonly tls: TlsFiles | undefined;
  readonly logLevel: LogLevelName;
}

export const APP_CONFIG = Symbol('AppConfig');
