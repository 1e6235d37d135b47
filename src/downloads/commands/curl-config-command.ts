import type { CommandInput } from './command-input.js';
import { confirmationOf } from './confirm-step.js';
import { CURL, emptyFileToo, POST } from './curl-command.js';
import { safeFileName } from './safe-file-name.js';
import { curlConfigLine, shellFile, shellQuote } from './shell-quote.js';

/**
 * Keeps the token out of the process list (`printf` is built into bash, dash, busybox and zsh) and, as a
 * header, out of the access logs of proxies. Refuses an existing name before it asks for anything.
 */
export function curlConfigCommand(input: CommandInput): string {
  const { endpoint, confirmEndpoint, token, fileName, size } = input;
  const header = shellQuote(curlConfigLine('header', `Authorization: Bearer ${token}`));
  const confirmation =
    confirmEndpoint === undefined
      ? ' )'
      : ` || exit\nh=$(${confirmationOf('"$f"')})\nprintf '%s\\n' ${header} | ${POST} -K - -d "$h" ${shellQuote(confirmEndpoint)} )`;
  return [
    `( f=${shellFile(safeFileName(fileName))}`,
    `if [ -e "$f" ] || [ -L "$f" ]; then printf '%s already exists; move it away first.\\n' "$f" >&2; exit 1; fi`,
    `printf '%s\\n' ${header} | ${CURL} -K - -o "$f" ${shellQuote(endpoint)}${emptyFileToo(size, '"$f"')}${confirmation}`,
  ].join('\n');
}
