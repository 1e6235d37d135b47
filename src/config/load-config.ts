import { accessSync, constants, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { AppConfig, LimitSettings, TlsFiles } from './app-config.js';
import { ConfigError } from './config-error.js';
import { loadEncryptionKey } from './encryption-key.js';
import { Environment } from './environment.js';

const MINUTE_MS = 60_000;

/**
 * Reads and checks the environment once; makes the data directory and, when none is given, the encryption key.
 * @throws ConfigError that names each variable at fault and what it takes, never its value
 */
export function loadConfig(variables: NodeJS.ProcessEnv = process.env): AppConfig {
  const environment = plainToInstance(Environment, pickKnown(variables));
  const problems = validateSync(environment, { stopAtFirstError: true }).flatMap((e) =>
    Object.values(e.constraints ?? {}),
  );
  if (problems.length > 0) throw new ConfigError(problems);

  const production = environment.NODE_ENV === 'production';
  const dataDir = resolve(environment.DATA_DIR ?? './data');
  makeDataDir(dataDir);
  return {
    production,
    port: environment.PORT ?? 3000,
    host: environment.HOST ?? '127.0.0.1',
    publicUrl: environment.PUBLIC_URL?.replace(/\/+$/, ''),
    dataDir,
    databaseUrl: environment.DATABASE_URL,
    encryptionKey: loadEncryptionKey(environment.ENCRYPTION_KEY, dataDir),
    adminApiKey: environment.ADMIN_API_KEY,
    demo: environment.DEMO ?? !production,
    trustedProxies: list(environment.TRUSTED_PROXIES),
    localStorageRoots:
      environment.LOCAL_STORAGE_ROOTS === undefined
        ? [join(dataDir, 'demo')]
        : list(environment.LOCAL_STORAGE_ROOTS),
    allowPrivateEndpoints: environment.ALLOW_PRIVATE_ENDPOINTS ?? !production,
    tokenStore: environment.TOKEN_STORE ?? 'database',
    tokenTtlMs: environment.TOKEN_TTL_MS ?? 5 * MINUTE_MS,
    cleanupIntervalMs: environment.CLEANUP_INTERVAL_MS ?? MINUTE_MS,
    transferWindowMs: environment.TRANSFER_WINDOW_MS ?? 24 * 60 * MINUTE_MS,
    deliveryGraceMs: environment.DELIVERY_GRACE_MS ?? 10_000,
    limits: limitsOf(environment),
    drainMs: environment.DRAIN_MS ?? MINUTE_MS / 2,
    tls: tlsFilesOf(environment),
    logLevel: environment.LOG_LEVEL ?? 'log',
  };
}

function limitsOf(environment: Environment): LimitSettings {
  return {
    minRateBytesPerS: environment.MIN_RATE_BYTES_PER_S ?? 1_024,
    minRateGraceMs: environment.MIN_RATE_GRACE_MS ?? MINUTE_MS / 2,
    idleTimeoutMs: environment.IDLE_TIMEOUT_MS ?? MINUTE_MS,
    maxStreams: environment.MAX_STREAMS ?? 1_000,
    maxLiveLinks: environment.MAX_LIVE_LINKS ?? 10_000,
    badTokensPerMinute: environment.BAD_TOKENS_PER_MINUTE ?? 60,
  };
}

function tlsFilesOf({ TLS_CERT_FILE, TLS_KEY_FILE }: Environment): TlsFiles | undefined {
  if (TLS_CERT_FILE === undefined && TLS_KEY_FILE === undefined) return undefined;
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined)
    throw new ConfigError([
      `${TLS_CERT_FILE === undefined ? 'TLS_CERT_FILE' : 'TLS_KEY_FILE'} takes a PEM file: certificate and key are needed together, or neither`,
    ]);
  return { certFile: resolve(TLS_CERT_FILE), keyFile: resolve(TLS_KEY_FILE) };
}

/** Only the declared names: the rest of the environment is none of our business. */
function pickKnown(variables: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(KNOWN.map((name) => [name, variables[name]]));
}

const KNOWN = [
  'NODE_ENV',
  'PORT',
  'HOST',
  'PUBLIC_URL',
  'DATA_DIR',
  'DATABASE_URL',
  'ENCRYPTION_KEY',
  'ADMIN_API_KEY',
  'DEMO',
  'TRUSTED_PROXIES',
  'LOCAL_STORAGE_ROOTS',
  'ALLOW_PRIVATE_ENDPOINTS',
  'TOKEN_STORE',
  'TOKEN_TTL_MS',
  'CLEANUP_INTERVAL_MS',
  'TRANSFER_WINDOW_MS',
  'DELIVERY_GRACE_MS',
  'MIN_RATE_BYTES_PER_S',
  'MIN_RATE_GRACE_MS',
  'IDLE_TIMEOUT_MS',
  'MAX_STREAMS',
  'MAX_LIVE_LINKS',
  'BAD_TOKENS_PER_MINUTE',
  'DRAIN_MS',
  'TLS_CERT_FILE',
  'TLS_KEY_FILE',
  'LOG_LEVEL',
] as const satisfies readonly (keyof Environment)[];

function list(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function makeDataDir(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    throw new ConfigError(['DATA_DIR takes a folder that this user can create and write to']);
  }
}
