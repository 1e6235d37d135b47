import type { CommandInput } from './command-input.js';
import { confirmationOf, confirmUrl, JSON_HEADER } from './confirm-step.js';
import { safeFileName } from './safe-file-name.js';
import { shellFile, shellQuote } from './shell-quote.js';

/**
 * What every curl of ours is given, none of it newer than curl 7.29.
 * - `-f`: an error answer is exit 22, not the content of the file.
 * - `-g`: `[::1]` in the address and `#1` in the file name are not patterns.
 * - `-L --max-redirs 0`: a redirect (a login page in front of us) is exit 47; without it, it is saved with exit 0.
 */
export const CURL = 'curl -f -g -L --max-redirs 0';

/** Posts JSON quietly, and ends the line after the answer. */
export const POST = `${CURL} -sS -w '\\n' -H ${JSON_HEADER}`;

/** Makes the file that older curls do not make for an empty body. */
export function emptyFileToo(size: number, file: string): string {
  return size === 0 ? ` && : >| ${file}` : '';
}

/**
 * One plain line. There is no resume option: `-C -` would splice onto an older file of that name and exit 0.
 * As its manual says, curl replaces an existing file, and leaves what it has got after a cut (exit 18).
 * A link that waits for its client's confirmation gets that in the same line; a wrong file is exit 22 then.
 */
export function curlCommand(input: CommandInput): string {
  const { url, fileName, size } = input;
  const file = shellFile(safeFileName(fileName));
  const download = `${CURL} -o ${file} ${shellQuote(url)}${emptyFileToo(size, file)}`;
  const confirmation = confirmUrl(input);
  if (confirmation === undefined) return download;
  return `${download} && ${confirmationOf(file)} | ${POST} -d @- ${confirmation}`;
}
