import type { RefusalCode } from './refusal.js';

/** What a client reads for each refusal, for the API's description. A new code without an example does not compile. */
export const REFUSAL_EXAMPLES: Readonly<Record<RefusalCode, string>> = {
  'sidecar-missing': 'The sidecar with the IV and the tag is missing. Put it back beside the file.',
  'sidecar-invalid': 'The sidecar is not valid JSON. Restore it from where the backup was made.',
  'iv-invalid': "The sidecar's iv is not 24 or 32 hex digits.",
  'tag-invalid': "The sidecar's authTag is not 32 hex digits.",
  'algorithm-unsupported':
    'The sidecar does not name the algorithm aes-256-gcm, the only one this format has.',
  'format-unsupported': 'The file is encrypted in a format that is not known here.',
  'archive-unsupported': 'This is a DBackup file archive. Ask with decrypt: false for it as it is stored.',
  'metadata-contradiction': "The file's name says that it is encrypted, its sidecar says that it is not.",
  'key-unknown':
    'The vault has no key "profile-1". Add it with POST /api/encryption-keys and "id": "profile-1".',
  'too-large': 'The file is longer than 2^36 - 32 bytes, so it cannot be one AES-256-GCM message.',
};
