import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error.js';

const FILE = 'encryption.key';

/** The key from the environment, or the one kept in the data directory, made at the first start (mode 600). */
export function loadEncryptionKey(fromEnvironment: string | undefined, dataDir: string): Uint8Array {
  if (fromEnvironment !== undefined) return Buffer.from(fromEnvironment, 'hex');
  const path = join(dataDir, FILE);
  const existing = readIfThere(path);
  if (existing !== undefined) return parse(existing);
  // Two processes may start at once: the first link wins and both read the same key.
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(candidate, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(candidate);
  }
  return parse(readFileSync(path, 'utf8'));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]{64}\s*$/.test(text))
    throw new ConfigError([
      `The file ${FILE} in DATA_DIR must hold 64 hexadecimal digits: restore it from a backup`,
    ]);
  return Buffer.from(text.trim(), 'hex');
}
