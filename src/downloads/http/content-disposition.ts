import { create } from 'content-disposition';
import { safeFileName } from '../commands/safe-file-name.js';

/** What RFC 6266 appendix D advises against in the plain `filename`, and everything that is not ASCII. */
const NOT_PLAIN = /[^\x20-\x7e]|[%"\\/]/gu;

/**
 * The value of `Content-Disposition` for a download: `attachment` with the same safe name that the ready commands
 * write to. Names beyond plain ASCII travel as `filename*` (RFC 8187), with a plain `filename` for old clients.
 */
export function contentDisposition(fileName: string): string {
  const name = safeFileName(fileName);
  // Decomposed, so that é falls back to e and not to _.
  const fallback = name.normalize('NFKD').replace(/\p{M}/gu, '').replace(NOT_PLAIN, '_');
  return create(name, { fallback });
}
