import { createCipheriv, createHash, randomBytes } from 'node:crypto';

const IV_BYTES = 16;
const TAG_BYTES = 16;

/** What DBackup writes beside a backup about where it came from. */
export interface BackupFacts {
  /** The file's own name as it is stored, such as `Shop_2026-01-15_03-00-00.sql.gz.enc`. */
  readonly storedName: string;
  readonly jobName: string;
  readonly sourceName: string;
  /** DBackup's name of the adapter: `postgres`, `redis`, ... */
  readonly sourceType: string;
  readonly engineVersion: string;
  readonly databases: readonly string[];
  /** When it was taken, ISO 8601. */
  readonly timestamp: string;
  /** How the content was compressed before anything else; the caller does that. */
  readonly compression?: 'GZIP' | 'BROTLI';
}

export interface SealOptions extends BackupFacts {
  /** The id under which the key is known. */
  readonly profileId: string;
  /** 16 bytes, never used before with this key; random when not given. */
  readonly iv?: Uint8Array;
}

interface SealedEncryption {
  readonly enabled: true;
  readonly profileId: string;
  readonly algorithm: 'aes-256-gcm';
  /** Hexadecimal, as the tag. */
  readonly iv: string;
  readonly authTag: string;
}

const digest = (algorithm: 'sha256' | 'md5', bytes: Uint8Array) =>
  createHash(algorithm).update(bytes).digest('hex');

function sidecarBytes(facts: BackupFacts, stored: Uint8Array, encryption?: SealedEncryption): Buffer {
  const sidecar = {
    version: 1,
    jobName: facts.jobName,
    sourceName: facts.sourceName,
    sourceType: facts.sourceType,
    databases: { count: facts.databases.length, names: facts.databases },
    engineVersion: facts.engineVersion,
    timestamp: facts.timestamp,
    originalFileName: facts.storedName,
    compression: facts.compression,
    encryption,
    checksum: digest('sha256', stored),
    checksumMd5: digest('md5', stored),
    backupType: 'full',
    trigger: { type: 'Scheduler' },
    locked: false,
  };
  return Buffer.from(JSON.stringify(sidecar, undefined, 2), 'utf8');
}

/** The sidecar of a backup that is stored as it is. Its checksums still vouch for the content. */
export function plainSidecar(stored: Uint8Array, facts: BackupFacts): Buffer {
  return sidecarBytes(facts, stored);
}

/**
 * Encrypts a backup as DBackup does in its single form: one AES-256-GCM message without AAD; IV and tag stand only
 * in the sidecar (`<name>.meta.json`), so the ciphertext is as long as the plaintext.
 * @param key 32 bytes
 */
export function sealAsDbackup(
  plain: Uint8Array,
  key: Uint8Array,
  { profileId, iv = randomBytes(IV_BYTES), ...facts }: SealOptions,
): { ciphertext: Buffer; sidecar: Buffer } {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  const encryption: SealedEncryption = {
    enabled: true,
    profileId,
    algorithm: 'aes-256-gcm',
    iv: Buffer.from(iv).toString('hex'),
    authTag: cipher.getAuthTag().toString('hex'),
  };
  return { ciphertext, sidecar: sidecarBytes(facts, ciphertext, encryption) };
}
