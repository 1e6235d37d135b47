import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ALL_PERMISSIONS } from '../common/permissions.js';
import type { AppConfig } from '../config/app-config.js';
import { openDatabase, type Database } from '../database/open-database.js';
import { AdminKeyService } from './admin-key.service.js';
import { AdminKeyVerifier } from './admin-key.verifier.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('AdminKeyService', () => {
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-admin-key-'));
    database = await openDatabase({ sqliteFile: join(folder, 'db.sqlite') });
  });
  afterEach(async () => {
    await database.destroy();
    rmSync(folder, { recursive: true });
  });

  const start = async (adminApiKey?: string) => {
    const service = new AdminKeyService(database, { adminApiKey } as AppConfig);
    await service.onModuleInit();
    return service;
  };
  const settings = () => database.selectFrom('settings').selectAll().execute();

  it('makes a key of 256 random bits at the first start, and gives it out once', async () => {
    const service = await start();
    const key = service.takeFreshKey()!;
    expect(key).toMatch(/^dba_[\w-]{43}$/);
    expect(service.takeFreshKey()).toBeUndefined();
    expect(service.matches(key)).toBe(true);
  });

  it('keeps the hash alone: the key is nowhere in the database', async () => {
    const key = (await start()).takeFreshKey()!;
    expect((await settings()).map(({ value }) => value)).toEqual([sha256(key)]);
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    expect(files.some((content) => content.includes(sha256(key)))).toBe(true);
    for (const content of files) {
      expect(content.includes(key)).toBe(false);
      expect(content.includes(Buffer.from(key.slice(4), 'base64url'))).toBe(false);
    }
  });

  it('still knows the key at later starts, and does not give it out again', async () => {
    const key = (await start()).takeFreshKey()!;
    const later = await start();
    expect(later.takeFreshKey()).toBeUndefined();
    expect(later.matches(key)).toBe(true);
    expect(await settings()).toHaveLength(1);
  });

  it('is made by one of several processes that start at once, and known to all', async () => {
    const services = await Promise.all(Array.from({ length: 8 }, () => start()));
    const fresh = services.map((service) => service.takeFreshKey()).filter((key) => key !== undefined);
    expect(fresh).toHaveLength(1);
    expect(services.every((service) => service.matches(fresh[0]!))).toBe(true);
  });

  it('is ADMIN_API_KEY where that is set; the stored one does not count meanwhile', async () => {
    const stored = (await start()).takeFreshKey()!;
    const service = await start('key-of-the-environment');
    expect(service.takeFreshKey()).toBeUndefined();
    expect(service.matches('key-of-the-environment')).toBe(true);
    expect(service.matches(stored)).toBe(false);
    expect((await start()).matches(stored)).toBe(true);
  });

  it('is not made where ADMIN_API_KEY is set', async () => {
    await start('key-of-the-environment');
    expect(await settings()).toEqual([]);
  });

  it('matches nothing else', async () => {
    const service = await start();
    const key = service.takeFreshKey()!;
    for (const other of ['', 'x', key.slice(0, -1), `${key}x`, key.toUpperCase(), ` ${key}`, sha256(key)])
      expect(service.matches(other)).toBe(false);
  });

  it('matches nothing before it was started', () => {
    const service = new AdminKeyService(database, {} as AppConfig);
    expect(service.matches('')).toBe(false);
  });

  describe('AdminKeyVerifier', () => {
    it('knows who holds the key, with every permission, and passes on all others', async () => {
      const verifier = new AdminKeyVerifier(await start('key-of-the-environment'));
      expect(await verifier.verify({ authorization: 'Bearer key-of-the-environment' })).toEqual({
        kind: 'admin-key',
        id: 'admin',
        permissions: ALL_PERMISSIONS,
        scopes: [],
      });
      expect(await verifier.verify({ 'x-api-key': 'key-of-the-environment' })).toBeDefined();
      expect(await verifier.verify({ authorization: 'Bearer other' })).toBeUndefined();
      expect(await verifier.verify({})).toBeUndefined();
    });
  });
});
