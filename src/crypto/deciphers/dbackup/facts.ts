import type { BackupFacts } from '../backup-facts.js';
import { KEY_ID } from '../key-id.js';
import { isObject, type Sidecar } from './sidecar.js';

const MAX_TEXT = 256;
const SHA256_HEX = /^[0-9a-f]{64}$/i;

/** What a sidecar tells about its backup. Values of the wrong type count as not there. */
export function readFacts(sidecar: Sidecar): BackupFacts {
  const { compression } = sidecar;
  return {
    encrypted: false,
    // Other tools write .meta.json too; DBackup's always has a version.
    format: 'version' in sidecar ? 'dbackup' : null,
    keyId: null,
    engine: text(sidecar.sourceType),
    engineVersion: text(sidecar.engineVersion),
    compression: compression === 'GZIP' || compression === 'BROTLI' ? compression : null,
    jobName: text(sidecar.jobName),
    databases: countDatabases(sidecar.databases),
    ...readChecksum(sidecar.checksum),
  };
}

/** One that cannot be a SHA-256 is worth a note, not a refusal: the content may be as good as ever. */
function readChecksum(checksum: unknown): Pick<BackupFacts, 'checksum' | 'problem'> {
  if (checksum === undefined || checksum === null) return {};
  if (typeof checksum === 'string' && SHA256_HEX.test(checksum)) return { checksum: checksum.toLowerCase() };
  return {
    problem: {
      code: 'checksum-invalid',
      detail:
        "The sidecar's checksum is not 64 hex digits, so it is ignored: an unencrypted file is delivered unverified.",
    },
  };
}

/** The id of a key, when it can be one. */
export function readKeyId(value: unknown): string | null {
  return typeof value === 'string' && KEY_ID.test(value) ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT).toWellFormed() : null;
}

/** `{count, names?}` or a list of names. */
function countDatabases(value: unknown): number | null {
  if (Array.isArray(value)) return value.length;
  const count = isObject(value) ? value.count : undefined;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}
