/** A stored file, as the storage lists it. */
export interface BackupFile {
  /** Inside the storage. */
  readonly path: string;
  /** In bytes, as stored. */
  readonly size: number;
}

const ENCRYPTED_SUFFIX = /\.(enc|age|gpg)$/i;

/** The suffix by which a name says that its content is encrypted, in lower case; undefined: it says nothing. */
export function encryptedSuffix(path: string): 'enc' | 'age' | 'gpg' | undefined {
  return ENCRYPTED_SUFFIX.exec(path)?.[1]?.toLowerCase() as 'enc' | 'age' | 'gpg' | undefined;
}

/** The name without the suffix that says it is encrypted. */
export function withoutEncryptedSuffix(name: string): string {
  return name.replace(ENCRYPTED_SUFFIX, '');
}
