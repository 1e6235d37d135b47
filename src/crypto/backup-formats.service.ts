import { Injectable } from '@nestjs/common';
import type { ByteSource } from '../common/byte-source.js';
import { baseName } from '../common/storage-path.js';
import { ChecksumSource } from './checksum/checksum-source.js';
import type { BackupFacts } from './deciphers/backup-facts.js';
import { withoutEncryptedSuffix, type BackupFile } from './deciphers/backup-file.js';
import { DBackupDecipher } from './deciphers/dbackup/decipher.js';
import { DecipherRegistry } from './deciphers/decipher-registry.js';
import { refusal } from './deciphers/refusal.js';
import type { SidecarContent } from './deciphers/sidecar-content.js';
import { VaultService } from './vault/vault.service.js';

export type { BackupFacts, BackupProblem } from './deciphers/backup-facts.js';
export type { BackupFile } from './deciphers/backup-file.js';
export { MAX_SIDECAR_BYTES, type SidecarContent } from './deciphers/sidecar-content.js';

const SIDECAR = '.meta.json';
const COMPANIONS = [SIDECAR, '.index'];

/** What the rest of the service knows of backup formats. */
@Injectable()
export class BackupFormatsService {
  private readonly formats = new DecipherRegistry([new DBackupDecipher()]);

  constructor(private readonly vault: VaultService) {}

  /** Where the sidecar of a file lies. */
  sidecarPath(path: string): string {
    return path + SIDECAR;
  }

  /** Whether a file belongs to a backup beside it; listings hide it. */
  isSidecar(path: string): boolean {
    return COMPANIONS.some((suffix) => path.endsWith(suffix));
  }

  /** What is known of a file without reading it. Never throws. */
  describe(file: BackupFile, sidecar: SidecarContent): BackupFacts {
    return this.formats.recognise(file, sidecar).facts;
  }

  /** Those of the keys that are in the vault. */
  availableKeys(ids: Iterable<string>): Promise<Set<string>> {
    return this.vault.available(ids);
  }

  async keyAvailable(id: string): Promise<boolean> {
    return (await this.availableKeys([id])).has(id);
  }

  /**
   * The plaintext of a stored file; for a plain one see {@link stored}.
   * @param source the stored bytes; its size counts
   * @throws ProblemError 422 (codes: `deciphers/refusal`) when the plaintext cannot be had, 500
   * `vault-sealed-with-other-key`
   */
  async open(
    file: Pick<BackupFile, 'path'>,
    sidecar: SidecarContent,
    source: ByteSource,
  ): Promise<ByteSource> {
    const found = this.formats.recognise({ path: file.path, size: source.size }, sidecar);
    if (found.kind === 'plain') return this.stored(found.facts, source);
    if (found.kind === 'refused') throw found.refusal;
    const key = await this.vault.find(found.keyId, 'dbackup');
    if (!key)
      throw refusal(
        'key-unknown',
        `The vault has no key "${found.keyId}". Add it with POST /api/encryption-keys and "id": "${found.keyId}", or ` +
          'ask with decrypt: false for the encrypted file as it is stored.',
      );
    return found.wrap(source, key);
  }

  /** A file as it is stored, checked against its sidecar's checksum when that has one. */
  stored({ checksum }: Pick<BackupFacts, 'checksum'>, source: ByteSource): ByteSource {
    return checksum === undefined ? source : new ChecksumSource(source, checksum);
  }

  /** The name under which a file is delivered: its last segment, without `.enc` and the like once it is decrypted. */
  deliveredName(path: string, decrypt: boolean, facts: Pick<BackupFacts, 'encrypted'>): string {
    const name = baseName(path);
    if (!decrypt || !facts.encrypted) return name;
    const plain = withoutEncryptedSuffix(name);
    return plain === '' ? name : plain;
  }
}
