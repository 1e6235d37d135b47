import { ProblemError } from '../../common/problem.js';

/** Why a backup cannot be decrypted. Stable: clients and the UI tell them apart by these. */
export type RefusalCode =
  | 'sidecar-missing'
  | 'sidecar-invalid'
  | 'iv-invalid'
  | 'tag-invalid'
  | 'algorithm-unsupported'
  | 'format-unsupported'
  | 'archive-unsupported'
  | 'metadata-contradiction'
  | 'key-unknown'
  | 'too-large';

/** A 422: the file exists, its plaintext cannot be had. @param detail says what to do */
export function refusal(code: RefusalCode, detail: string, cause?: unknown): ProblemError {
  return new ProblemError({ status: 422, code, title: 'The backup cannot be decrypted', detail, cause });
}
