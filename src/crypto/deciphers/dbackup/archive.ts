import type { BackupFacts } from '../backup-facts.js';
import { refused, type RefusedBackup } from '../decipher.js';
import { refusal } from '../refusal.js';
import { readKeyId } from './facts.js';
import { isObject, type Sidecar } from './sidecar.js';

/** The first format version whose tar holds entries that are sealed one by one. */
const SEALED_ENTRIES = 2;

/** Recognises a DBackup file archive, which is refused: its tar is plain, its entries are not. */
export function recogniseArchive(sidecar: Sidecar, facts: BackupFacts): RefusedBackup | undefined {
  const { archive, encryption } = sidecar;
  if (!isObject(archive)) return undefined;
  const { formatVersion } = archive;
  if (typeof formatVersion !== 'number' || !(formatVersion >= SEALED_ENTRIES)) return undefined;
  const keyId =
    readKeyId(archive.profileId) ?? (isObject(encryption) ? readKeyId(encryption.profileId) : null);
  return refused(
    { ...facts, format: 'dbackup-archive', encrypted: keyId !== null, keyId },
    refusal(
      'archive-unsupported',
      'This is a DBackup file archive: a tar whose entries are compressed and encrypted one by one, which is not ' +
        'unpacked here. Ask with decrypt: false for the archive as it is stored, and restore it with DBackup.',
    ),
  );
}
