import { UNKNOWN_FILE } from './backup-facts.js';
import { encryptedSuffix, type BackupFile } from './backup-file.js';
import { refused, type Decipher, type Recognition } from './decipher.js';
import { refusal } from './refusal.js';
import type { SidecarContent } from './sidecar-content.js';

/** The formats that are read, in the order in which they are asked. */
export class DecipherRegistry {
  constructor(private readonly deciphers: readonly Decipher[]) {}

  /**
   * What a file is. One that no format claims is plain, unless its name says that it is encrypted: then it is
   * refused, because ciphertext is never served as if it were plaintext. Never throws.
   */
  recognise(file: BackupFile, sidecar: SidecarContent, head?: Uint8Array): Recognition {
    for (const decipher of this.deciphers) {
      const recognition = decipher.recognise(file, sidecar, head);
      if (recognition) return recognition;
    }
    const suffix = encryptedSuffix(file.path);
    if (suffix === undefined) return { kind: 'plain', facts: UNKNOWN_FILE };
    return refused({ ...UNKNOWN_FILE, encrypted: true }, unclaimed(suffix, sidecar));
  }
}

function unclaimed(suffix: 'enc' | 'age' | 'gpg', sidecar: SidecarContent) {
  if (suffix === 'enc' && sidecar.kind === 'absent')
    return refusal(
      'sidecar-missing',
      'The file is encrypted, but its sidecar (<file>.meta.json) is not beside it. Put the sidecar back next to ' +
        'the file, or ask with decrypt: false for the encrypted file as it is stored.',
    );
  return refusal(
    'format-unsupported',
    `The name ends in .${suffix}, and no supported format knows the file. Ask with decrypt: false for the ` +
      'encrypted file as it is stored.',
  );
}
