import { MAX_MESSAGE_BYTES } from '../../gcm/gcm-limits.js';
import { GcmSource } from '../../gcm/gcm-source.js';
import { ProblemError } from '../../../common/problem.js';
import { UNKNOWN_FILE, type BackupFacts } from '../backup-facts.js';
import { encryptedSuffix, type BackupFile } from '../backup-file.js';
import { refused, type Decipher, type Recognition } from '../decipher.js';
import { refusal } from '../refusal.js';
import type { SidecarContent } from '../sidecar-content.js';
import { recogniseArchive } from './archive.js';
import { findEncryption, readEnvelope, RESTORE, type EncryptionFields } from './envelope.js';
import { readFacts, readKeyId } from './facts.js';
import { parseSidecar, SidecarError, type Sidecar } from './sidecar.js';

/**
 * DBackup's single form: one AES-256-GCM message without AAD over the whole file, IV and tag in the sidecar.
 * Stricter than DBackup, which serves ciphertext when the sidecar is of no use and takes short tags.
 */
export class DBackupDecipher implements Decipher {
  readonly format = 'dbackup';

  recognise(file: BackupFile, content: SidecarContent): Recognition | undefined {
    if (content.kind === 'absent') return undefined;
    let sidecar: Sidecar;
    try {
      if (content.kind === 'too-large') throw new SidecarError('is longer than 1 MiB');
      sidecar = parseSidecar(content.bytes);
    } catch (error) {
      return brokenSidecar(file, error);
    }
    const facts = readFacts(sidecar);
    const encryption = findEncryption(sidecar);
    return (
      recogniseArchive(sidecar, facts) ??
      (encryption ? recogniseEncrypted(file, encryption, facts) : recognisePlain(file, facts))
    );
  }
}

function recogniseEncrypted(file: BackupFile, fields: EncryptionFields, known: BackupFacts): Recognition {
  const facts: BackupFacts = {
    ...known,
    encrypted: true,
    format: 'dbackup',
    keyId: readKeyId(fields.profileId),
  };
  try {
    const { profileId, iv, tag } = readEnvelope(fields);
    if (file.size > MAX_MESSAGE_BYTES)
      throw refusal(
        'too-large',
        'The file is longer than 2^36 - 32 bytes, so it cannot be one AES-256-GCM message. Check that it is the ' +
          'file its sidecar describes, or ask with decrypt: false for it as it is stored.',
      );
    return {
      kind: 'encrypted',
      facts,
      keyId: profileId,
      wrap: (ciphertext, key) => Promise.resolve(new GcmSource(ciphertext, { key, iv, tag })),
    };
  } catch (error) {
    if (error instanceof ProblemError) return refused(facts, error);
    throw error;
  }
}

/** The sidecar says "not encrypted"; the name must not say otherwise. */
function recognisePlain(file: BackupFile, facts: BackupFacts): Recognition | undefined {
  const suffix = encryptedSuffix(file.path);
  if (suffix === undefined) return { kind: 'plain', facts };
  if (suffix !== 'enc') return undefined;
  return refused(
    { ...facts, encrypted: true },
    refusal(
      'metadata-contradiction',
      `The file's name says that it is encrypted, its sidecar says that it is not. ${RESTORE}`,
    ),
  );
}

/** A file whose name says nothing of encryption is served as stored, whatever lies beside it. */
function brokenSidecar(file: BackupFile, error: unknown): Recognition | undefined {
  if (encryptedSuffix(file.path) !== 'enc') return undefined;
  const why = error instanceof SidecarError ? error.message : 'cannot be read';
  return refused(
    { ...UNKNOWN_FILE, encrypted: true },
    refusal('sidecar-invalid', `The sidecar ${why}. ${RESTORE}`, error),
  );
}
