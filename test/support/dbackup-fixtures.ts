import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of `test/fixtures/dbackup`, written by DBackup itself. */
export interface DBackupFixture {
  readonly id: string;
  /** Inside {@link DBACKUP_FIXTURES}. */
  readonly path: string;
  /** `ok`, or why it must not be delivered decrypted. */
  readonly expect: string;
  /** Of the decrypted file. */
  readonly sha256?: string;
  readonly size?: number;
  readonly name: string;
}

export const DBACKUP_FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'dbackup');

const manifest = JSON.parse(readFileSync(join(DBACKUP_FIXTURES, 'manifest.json'), 'utf8')) as {
  keys: Record<string, string>;
  files: DBackupFixture[];
};

export const dbackupFixtures: readonly DBackupFixture[] = manifest.files;
/** Profile id -> 64 hex digits. */
export const dbackupKeys: Readonly<Record<string, string>> = manifest.keys;

/** The stored bytes and, when there is one, the sidecar's. */
export function readFixture(fixture: DBackupFixture): { stored: Buffer; sidecar: Buffer | undefined } {
  const path = join(DBACKUP_FIXTURES, fixture.path);
  const sidecar = `${path}.meta.json`;
  return { stored: readFileSync(path), sidecar: existsSync(sidecar) ? readFileSync(sidecar) : undefined };
}
