import { gzipSync } from 'node:zlib';
import { plainSidecar, sealAsDbackup, type BackupFacts } from './dbackup-file.js';
import { redisDump } from './redis-dump.js';
import { BACKUP_TIME } from './shop.js';
import { sqlDump } from './sql-dump.js';

export interface DemoFile {
  /** Relative to the storage's root, `/`-separated. */
  readonly path: string;
  readonly bytes: Buffer;
}

export interface DemoKey {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** The id under which the vault knows the key; it goes into the sidecars. */
  readonly profileId: string;
}

/** The files without their sidecars. */
export const DEMO_PATHS = {
  note: 'notes/readme.txt',
  sqlEncrypted: 'Shop DB/Shop_DB_2026-01-15_03-00-00.sql.gz.enc',
  redisPlain: 'Redis Prod/Redis_Prod_2026-01-14_03-00-00.rdb',
  redisEncrypted: 'Redis Prod/Redis_Prod_2026-01-15_03-00-00.rdb.enc',
} as const;

const NOTE = `These files were made by Drawbridge at its first start, to try it with.

Shop DB      a PostgreSQL dump, compressed and encrypted as DBackup does
Redis Prod   the same Redis dump, once as it is and once encrypted
notes        this file

Nothing here is secret. Delete the folder and the demo storage when you no longer need them.
`;

const DAY_MS = 86_400_000;
const SIDECAR = '.meta.json';

function facts(path: string, time: number): Omit<BackupFacts, 'sourceType' | 'engineVersion' | 'databases'> {
  const [jobName = '', storedName = ''] = path.split('/');
  return { storedName, jobName, sourceName: jobName, timestamp: new Date(time).toISOString() };
}

const withSidecar = (path: string, bytes: Buffer, sidecar: Buffer): DemoFile[] => [
  { path, bytes },
  { path: path + SIDECAR, bytes: sidecar },
];

function encryptedSql({ key, profileId }: DemoKey): DemoFile[] {
  const path = DEMO_PATHS.sqlEncrypted;
  const { ciphertext, sidecar } = sealAsDbackup(gzipSync(sqlDump()), key, {
    ...facts(path, BACKUP_TIME),
    sourceType: 'postgres',
    engineVersion: '15.8',
    databases: ['shop'],
    compression: 'GZIP',
    profileId,
  });
  return withSidecar(path, ciphertext, sidecar);
}

const redis = { sourceType: 'redis', engineVersion: '7.0.15', databases: ['0'] };

function plainRedis(): DemoFile[] {
  const path = DEMO_PATHS.redisPlain;
  const dump = redisDump();
  return withSidecar(path, dump, plainSidecar(dump, { ...facts(path, BACKUP_TIME - DAY_MS), ...redis }));
}

function encryptedRedis({ key, profileId }: DemoKey): DemoFile[] {
  const path = DEMO_PATHS.redisEncrypted;
  const { ciphertext, sidecar } = sealAsDbackup(redisDump(), key, {
    ...facts(path, BACKUP_TIME),
    ...redis,
    profileId,
  });
  return withSidecar(path, ciphertext, sidecar);
}

/** The files of the demo storage. Contents are the same at every call; the encrypted ones get fresh IVs. */
export function demoFiles(key: DemoKey): DemoFile[] {
  return [
    ...encryptedSql(key),
    ...plainRedis(),
    ...encryptedRedis(key),
    { path: DEMO_PATHS.note, bytes: Buffer.from(NOTE, 'utf8') },
  ];
}
