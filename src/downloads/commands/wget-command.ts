import type { CommandInput } from './command-input.js';
import { safeFileName } from './safe-file-name.js';
import { shellFile, shellQuote } from './shell-quote.js';

/**
 * One plain line, for wget 1.14 and later. By itself it goes on after a cut (with Range, inside the same run), up
 * to `--tries`; it exits with 0 only when the file is complete. A redirect is an error, as in our curls.
 *
 * As its manual says, `-O` empties an existing file of that name before anything is asked: after 401 (exit 6) or
 * another HTTP error (exit 8) an empty file is left.
 */
export function wgetCommand({ url, fileName }: CommandInput): string {
  return `wget --tries=20 --max-redirect=0 -O ${shellFile(safeFileName(fileName))} ${shellQuote(url)}`;
}
