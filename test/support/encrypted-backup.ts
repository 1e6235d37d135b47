import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encryptGcm } from './gcm-vectors.js';

export const TEST_KEY = Buffer.alloc(32, 7);
export const TEST_PROFILE = 'test-profile';

export interface EncryptedBackup {
  /** As in the file listing. */
  readonly file: string;
  /** On the disk. */
  readonly path: string;
  readonly plain: Buffer;
}

/** Writes a DBackup-encrypted file with its sidecar into a storage root. */
export function writeEncryptedBackup(
  root: string,
  file: string,
  plain: Buffer,
  iv?: Buffer,
): EncryptedBackup {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  const message = encryptGcm(plain, TEST_KEY, iv);
  writeFileSync(path, message.ciphertext);
  writeFileSync(
    `${path}.meta.json`,
    JSON.stringify({
      version: 1,
      jobName: 'Test',
      sourceType: 'postgres',
      encryption: {
        enabled: true,
        profileId: TEST_PROFILE,
        algorithm: 'aes-256-gcm',
        iv: message.iv.toString('hex'),
        authTag: message.tag.toString('hex'),
      },
    }),
  );
  return { file, path, plain };
}
