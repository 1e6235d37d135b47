import { describe, expect, it } from '@jest/globals';
import { createDecipheriv, createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { checkStoragePath } from '../../common/storage-path.js';
import { sealAsDbackup } from './dbackup-file.js';
import { DEMO_PATHS, demoFiles, type DemoFile } from './demo-files.js';
import { redisDump } from './redis-dump.js';
import { sqlDump } from './sql-dump.js';

const KEY = { key: Buffer.alloc(32, 7), profileId: 'demo-profile' };

interface Sidecar {
  readonly originalFileName: string;
  readonly checksum: string;
  readonly encryption?: { readonly profileId: string; readonly iv: string; readonly authTag: string };
}

function bytesOf(files: readonly DemoFile[], path: string): Buffer {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`No ${path}`);
  return file.bytes;
}

const sidecarOf = (files: readonly DemoFile[], path: string) =>
  JSON.parse(bytesOf(files, `${path}.meta.json`).toString()) as Sidecar;

function decrypted(files: readonly DemoFile[], path: string): Buffer {
  const { iv = '', authTag = '' } = sidecarOf(files, path).encryption ?? {};
  const decipher = createDecipheriv('aes-256-gcm', KEY.key, Buffer.from(iv, 'hex'), { authTagLength: 16 });
  decipher.setAuthTag(Buffer.from(authTag, 'hex'));
  return Buffer.concat([decipher.update(bytesOf(files, path)), decipher.final()]);
}

describe('demoFiles', () => {
  const files = demoFiles(KEY);

  it('are reachable paths, each once', () => {
    const paths = files.map(({ path }) => checkStoragePath(path));
    expect(new Set(paths).size).toBe(7);
    expect(paths).toEqual(expect.arrayContaining(Object.values(DEMO_PATHS)));
  });

  it('decrypt to the dumps, and the plain one is the dump', () => {
    expect(gunzipSync(decrypted(files, DEMO_PATHS.sqlEncrypted)).equals(sqlDump())).toBe(true);
    expect(decrypted(files, DEMO_PATHS.redisEncrypted).equals(redisDump())).toBe(true);
    expect(bytesOf(files, DEMO_PATHS.redisPlain).equals(redisDump())).toBe(true);
    expect(sidecarOf(files, DEMO_PATHS.sqlEncrypted).encryption?.profileId).toBe('demo-profile');
    expect(sidecarOf(files, DEMO_PATHS.redisPlain).encryption).toBeUndefined();
  });

  it('have sidecars that name and vouch for the stored file', () => {
    for (const path of [DEMO_PATHS.sqlEncrypted, DEMO_PATHS.redisPlain, DEMO_PATHS.redisEncrypted]) {
      const { originalFileName, checksum } = sidecarOf(files, path);
      expect(path.endsWith(`/${originalFileName}`)).toBe(true);
      expect(checksum).toBe(createHash('sha256').update(bytesOf(files, path)).digest('hex'));
    }
  });

  it('never use an IV twice', () => {
    const again = demoFiles(KEY);
    const ivs = [files, again].flatMap((set) =>
      [DEMO_PATHS.sqlEncrypted, DEMO_PATHS.redisEncrypted].map((path) => sidecarOf(set, path).encryption?.iv),
    );
    expect(new Set(ivs).size).toBe(4);
  });
});

describe('sealAsDbackup', () => {
  it('writes the fields of a DBackup sidecar', () => {
    const { ciphertext, sidecar } = sealAsDbackup(Buffer.from('plain'), KEY.key, {
      storedName: 'a.sql.gz.enc',
      jobName: 'A',
      sourceName: 'Source',
      sourceType: 'mysql',
      engineVersion: '8.0.36',
      databases: ['shop', 'crm'],
      timestamp: '2026-01-15T03:00:00.000Z',
      compression: 'GZIP',
      profileId: 'p1',
      iv: Buffer.alloc(16, 1),
    });
    expect(ciphertext).toHaveLength(5);
    expect(JSON.parse(sidecar.toString())).toEqual({
      version: 1,
      jobName: 'A',
      sourceName: 'Source',
      sourceType: 'mysql',
      databases: { count: 2, names: ['shop', 'crm'] },
      engineVersion: '8.0.36',
      timestamp: '2026-01-15T03:00:00.000Z',
      originalFileName: 'a.sql.gz.enc',
      compression: 'GZIP',
      encryption: {
        enabled: true,
        profileId: 'p1',
        algorithm: 'aes-256-gcm',
        iv: '01'.repeat(16),
        authTag: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
      checksum: createHash('sha256').update(ciphertext).digest('hex'),
      checksumMd5: createHash('md5').update(ciphertext).digest('hex'),
      backupType: 'full',
      trigger: { type: 'Scheduler' },
      locked: false,
    });
  });
});
