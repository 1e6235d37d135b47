import { IV_BYTES, TAG_BYTES } from '../../gcm/gcm-limits.js';
import { refusal } from '../refusal.js';
import { readKeyId } from './facts.js';
import { isObject, type Sidecar } from './sidecar.js';

/** What opens an encrypted backup, besides the key. */
export interface Envelope {
  readonly profileId: string;
  /** 12 or 16 bytes. */
  readonly iv: Buffer;
  /** 16 bytes. */
  readonly tag: Buffer;
}

/** The encryption fields as they stand in the sidecar, whichever form it has. */
export interface EncryptionFields {
  readonly profileId: unknown;
  readonly algorithm: unknown;
  readonly iv: unknown;
  readonly authTag: unknown;
}

const ALGORITHM = 'aes-256-gcm';
const HEX = /^(?:[0-9a-f]{2})*$/i;

/**
 * Finds the encryption fields: nested under `encryption` with `enabled: true`, else flat at the top level (all
 * three), where `encryption` may name the algorithm. Undefined: the sidecar says "not encrypted".
 */
export function findEncryption(sidecar: Sidecar): EncryptionFields | undefined {
  const { encryption, encryptionProfileId, iv, authTag } = sidecar;
  if (isObject(encryption) && encryption.enabled === true) {
    const { profileId, algorithm } = encryption;
    return { profileId, algorithm, iv: encryption.iv, authTag: encryption.authTag };
  }
  if ([encryptionProfileId, iv, authTag].some((field) => field === undefined || field === null))
    return undefined;
  // The flat form knew one cipher and did not have to name it; "NONE" beside all three fields is contradicted by
  // them, and the tag decides.
  const named = typeof encryption === 'string' && encryption !== 'NONE';
  return { profileId: encryptionProfileId, algorithm: named ? encryption : ALGORITHM, iv, authTag };
}

/**
 * Checks the fields strictly: whoever can write to the storage can write the sidecar.
 * @throws ProblemError 422
 */
export function readEnvelope(fields: EncryptionFields): Envelope {
  if (typeof fields.algorithm !== 'string' || fields.algorithm.toLowerCase() !== ALGORITHM)
    throw refusal(
      'algorithm-unsupported',
      `The sidecar does not name the algorithm ${ALGORITHM}, the only one this format has. ${RESTORE}`,
    );
  const iv = fromHex(fields.iv);
  if (!iv || !IV_BYTES.includes(iv.length))
    throw refusal('iv-invalid', `The sidecar's iv is not 24 or 32 hex digits. ${RESTORE}`);
  const tag = fromHex(fields.authTag);
  if (tag?.length !== TAG_BYTES)
    throw refusal('tag-invalid', `The sidecar's authTag is not 32 hex digits. ${RESTORE}`);
  const profileId = readKeyId(fields.profileId);
  if (profileId === null)
    throw refusal(
      'sidecar-invalid',
      `The sidecar's profileId is not 1 to 128 printable characters. ${RESTORE}`,
    );
  return { profileId, iv, tag };
}

/** The end of every answer about a sidecar that is not as DBackup wrote it. */
export const RESTORE =
  'Restore the sidecar from another copy of the backup, or ask with decrypt: false for the file as it is stored.';

function fromHex(value: unknown): Buffer | undefined {
  return typeof value === 'string' && HEX.test(value) ? Buffer.from(value, 'hex') : undefined;
}
