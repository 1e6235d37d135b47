import type { CommandInput } from './command-input.js';
import { confirmationOf, confirmUrl, JSON_HEADER } from './confirm-step.js';
import { safeFileName } from './safe-file-name.js';
import { shellFile, shellQuote } from './shell-quote.js';

/**
 * One plain line, for wget 1.14 and later. By itself it goes on after a cut (with Range, inside the same run), up
 * to `--tries`; it exits with 0 only when the file is complete. A redirect is an error, as in our curls.
 *
 * As its manual says, `-O` empties an existing file of that name before anything is asked: after 401 (exit 6) or
 * another HTTP error (exit 8) an empty file is left.
 *
 * The confirmation, where the link waits for one, is not quoted as a whole: inside double quotes an interactive bash
 * would expand a `!` of the file's name. What it prints has nothing that a shell would split or expand. The `echo` ends the line after the answer.
 */
export function wgetCommand(input: CommandInput): string {
  const file = shellFile(safeFileName(input.fileName));
  const download = `wget --tries=20 --max-redirect=0 -O ${file} ${shellQuote(input.url)}`;
  const confirmation = confirmUrl(input);
  if (confirmation === undefined) return download;
  const post = `wget -q --tries=3 --max-redirect=0 -O - --header=${JSON_HEADER}`;
  return `${download} && ${post} --post-data=$(${confirmationOf(file)}) ${confirmation} && echo`;
}
