import { Buffer } from 'node:buffer';
import { createCipheriv, randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const KEY = Buffer.alloc(32, 7);
const PART = 4 * 1024 * 1024;

/**
 * Writes an encrypted backup with its sidecar, and the same stored bytes once more as a plain file.
 * @returns {{encrypted: string, plain: string}} their names
 */
export function writeBackups(root, name, size) {
  const encrypted = `${name}.sql.enc`;
  const plain = `${name}.sql`;
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-gcm', KEY, iv);
  const part = randomBytes(PART);
  const file = openSync(join(root, encrypted), 'w');
  for (let at = 0; at < size; at += PART)
    writeSync(file, cipher.update(part.subarray(0, Math.min(PART, size - at))));
  cipher.final();
  closeSync(file);
  linkSync(join(root, encrypted), join(root, plain));
  const encryption = {
    enabled: true,
    profileId: 'bench',
    algorithm: 'aes-256-gcm',
    iv: iv.toString('hex'),
    authTag: cipher.getAuthTag().toString('hex'),
  };
  writeFileSync(join(root, `${encrypted}.meta.json`), JSON.stringify({ version: 1, encryption }));
  return { encrypted, plain };
}
