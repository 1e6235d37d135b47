import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError } from './config-error.js';
import { loadConfig } from './load-config.js';

describe('loadConfig', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'drawbridge-config-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  it('has the documented defaults', () => {
    const config = loadConfig({ DATA_DIR: dataDir });
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: undefined,
      tokenStore: 'database',
      tokenTtlMs: 300_000,
      cleanupIntervalMs: 60_000,
      transferWindowMs: 86_400_000,
      deliveryGraceMs: 10_000,
      limits: {
        minRateBytesPerS: 1_024,
        minRateGraceMs: 30_000,
        idleTimeoutMs: 60_000,
        maxStreams: 1_000,
        maxLiveLinks: 10_000,
        badTokensPerMinute: 60,
      },
      drainMs: 30_000,
      tls: undefined,
      demo: true,
      allowPrivateEndpoints: true,
      localStorageRoots: [join(dataDir, 'demo')],
    });
  });

  it('is stricter in production', () => {
    expect(loadConfig({ DATA_DIR: dataDir, NODE_ENV: 'production' })).toMatchObject({
      demo: false,
      allowPrivateEndpoints: false,
    });
  });

  it('treats an empty variable as unset', () => {
    expect(loadConfig({ DATA_DIR: dataDir, PORT: '', PUBLIC_URL: '', DEMO: '' })).toMatchObject({
      port: 3000,
      demo: true,
    });
  });

  it('drops slashes at the end of PUBLIC_URL and splits lists', () => {
    const config = loadConfig({
      DATA_DIR: dataDir,
      PUBLIC_URL: 'https://backup.example.com/drop/',
      LOCAL_STORAGE_ROOTS: '/srv/a, /srv/b',
      TRUSTED_PROXIES: '10.0.0.0/8,::1',
    });
    expect(config.publicUrl).toBe('https://backup.example.com/drop');
    expect(config.localStorageRoots).toEqual(['/srv/a', '/srv/b']);
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
  });

  it('takes a certificate only with its key', () => {
    expect(
      loadConfig({ DATA_DIR: dataDir, TLS_CERT_FILE: '/etc/tls/c.pem', TLS_KEY_FILE: '/etc/tls/k.pem' }).tls,
    ).toEqual({ certFile: '/etc/tls/c.pem', keyFile: '/etc/tls/k.pem' });
    const alone = (name: string) => () => loadConfig({ DATA_DIR: dataDir, [name]: '/secret-value.pem' });
    expect(alone('TLS_CERT_FILE')).toThrow(/TLS_KEY_FILE takes(?!.*secret-value)/);
    expect(alone('TLS_KEY_FILE')).toThrow(/TLS_CERT_FILE takes(?!.*secret-value)/);
  });

  it('makes the encryption key once, readable by its owner only', () => {
    const first = loadConfig({ DATA_DIR: dataDir }).encryptionKey;
    const second = loadConfig({ DATA_DIR: dataDir }).encryptionKey;
    expect(first).toHaveLength(32);
    expect(second).toEqual(first);
    expect(statSync(join(dataDir, 'encryption.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataDir, 'encryption.key'), 'utf8').trim()).toBe(
      Buffer.from(first).toString('hex'),
    );
  });

  it('refuses a damaged key file instead of making a new key', () => {
    writeFileSync(join(dataDir, 'encryption.key'), 'short');
    expect(() => loadConfig({ DATA_DIR: dataDir })).toThrow(ConfigError);
  });

  it.each([
    ['PORT', '99999'],
    ['PORT', '-1'],
    ['PORT', '3000x'],
    ['HOST', 'a b'],
    ['PUBLIC_URL', 'ftp://secret-value'],
    ['PUBLIC_URL', 'https://secret-value@host'],
    ['DATABASE_URL', 'mysql://secret-value'],
    ['ENCRYPTION_KEY', 'secret-value'],
    ['ADMIN_API_KEY', 'secret-value'],
    ['DEMO', 'secret-value'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['LOCAL_STORAGE_ROOTS', 'secret-value'],
    ['TOKEN_STORE', 'secret-value'],
    ['TOKEN_TTL_MS', '1.5'],
    ['CLEANUP_INTERVAL_MS', '0'],
    ['TRANSFER_WINDOW_MS', '1'],
    ['DELIVERY_GRACE_MS', 'secret-value'],
    ['MIN_RATE_BYTES_PER_S', '-1'],
    ['MIN_RATE_GRACE_MS', '999'],
    ['IDLE_TIMEOUT_MS', '1e5'],
    ['MAX_STREAMS', '0'],
    ['MAX_LIVE_LINKS', 'secret-value'],
    ['BAD_TOKENS_PER_MINUTE', '0'],
    ['DRAIN_MS', '3600001'],
    ['LOG_LEVEL', 'secret-value'],
    ['NODE_ENV', 'secret-value'],
  ])('stops at a wrong %s, naming the variable and never the value', (name, value) => {
    let message = '';
    try {
      loadConfig({ DATA_DIR: dataDir, [name]: value });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = (error as Error).message;
    }
    expect(message).toContain(name);
    expect(message).not.toContain('secret-value');
  });
});
