/** What is wrong with a backup, and what to do about it. */
export interface BackupProblem {
  /** The code of the 422 problem that opening it gives; `checksum-invalid`: it opens, and cannot be checked. */
  readonly code: string;
  readonly detail: string;
}

/** What is known of a backup without reading its content. Texts come from the sidecar: show them as text only. */
export interface BackupFacts {
  /** Whether the stored bytes are encrypted, as far as name and sidecar tell. */
  readonly encrypted: boolean;
  /** Who made it; null: a plain file, or nobody known. */
  readonly format: 'dbackup' | 'dbackup-archive' | null;
  /** The key it needs: the id under which `/api/encryption-keys` has it, or should have it. */
  readonly keyId: string | null;
  /** mysql, postgres, redis, ... as the backup tool names it. */
  readonly engine: string | null;
  readonly engineVersion: string | null;
  /** How the content is compressed, inside the encryption. */
  readonly compression: 'GZIP' | 'BROTLI' | null;
  readonly jobName: string | null;
  /** How many databases it holds. */
  readonly databases: number | null;
  /** Hex SHA-256 of the *stored* file, in lower case, by the sidecar. */
  readonly checksum?: string;
  /** Present: it cannot be decrypted, whatever keys there are, or (`checksum-invalid`) not be checked. */
  readonly problem?: BackupProblem;
}

/** Facts of a file that no format claims. */
export const UNKNOWN_FILE: BackupFacts = {
  encrypted: false,
  format: null,
  keyId: null,
  engine: null,
  engineVersion: null,
  compression: null,
  jobName: null,
  databases: null,
};
