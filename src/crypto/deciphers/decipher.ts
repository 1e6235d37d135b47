import type { KeyObject } from 'node:crypto';
import type { ByteSource } from '../../common/byte-source.js';
import type { ProblemError } from '../../common/problem.js';
import type { BackupFacts } from './backup-facts.js';
import type { BackupFile } from './backup-file.js';
import type { SidecarContent } from './sidecar-content.js';

/** One backup format. Stateless; makes and reads no files. */
export interface Decipher {
  /** Also what keys in the vault are for. */
  readonly format: string;
  /**
   * Tells by name, sidecar and (where a format needs it) the first bytes whether a file is of this format.
   * Never throws. Undefined: not ours, ask the next one.
   */
  recognise(file: BackupFile, sidecar: SidecarContent, head?: Uint8Array): Recognition | undefined;
}

/** What a decipher made of one file. */
export type Recognition = PlainBackup | EncryptedBackup | RefusedBackup;

/** Stored unencrypted: served as it is. */
export interface PlainBackup {
  readonly kind: 'plain';
  readonly facts: BackupFacts;
}

export interface EncryptedBackup {
  readonly kind: 'encrypted';
  readonly facts: BackupFacts;
  /** The key that `wrap` needs. */
  readonly keyId: string;
  /** The plaintext of `ciphertext`, which is the stored file. Reads nothing of it yet where the format allows. */
  wrap(ciphertext: ByteSource, key: KeyObject): Promise<ByteSource>;
}

/** Of this format, but its plaintext cannot be had. */
export interface RefusedBackup {
  readonly kind: 'refused';
  readonly facts: BackupFacts;
  readonly refusal: ProblemError;
}

/** A refusal, told in the facts as well. */
export function refused(facts: BackupFacts, refusal: ProblemError): RefusedBackup {
  const problem = { code: refusal.code, detail: refusal.message };
  return { kind: 'refused', facts: { ...facts, problem }, refusal };
}
