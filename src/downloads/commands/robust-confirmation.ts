import type { CommandInput } from './command-input.js';
import { JSON_HEADER } from './confirm-step.js';
import { curlConfigLine, shellQuote } from './shell-quote.js';

/** With the pauses below about a quarter of an hour: so long may the server take to hash the file for itself. */
const MAX_TRIES = 45;
const MAX_PAUSE_SECONDS = 30;

/** The server still hashes, or does not answer. */
const LATER = [
  ...['409', '429', '502', '503', '504'].map((status) => `0:*' ${status}'`),
  ...[6, 7, 28, 35, 52, 55, 56].map((exit) => `${exit}:*`),
];

/** Stops before anything is downloaded that could not be confirmed. */
export function needsHash({ confirmEndpoint }: CommandInput): string {
  if (confirmEndpoint === undefined) return '';
  return `command -v sha256sum > /dev/null || command -v shasum > /dev/null || command -v openssl > /dev/null ||
  die "This link must be confirmed by SHA-256: install sha256sum, shasum or openssl first."
`;
}

/**
 * Tells the server the SHA-256 `h` of the file `t`, which uses the link up. Errors are read from the answer's body, so
 * there is no `-f`. A file that is not what the server has goes: it was damaged on the way, and its name would lie.
 */
export function confirmLoop(input: CommandInput): string {
  const { confirmEndpoint, token } = input;
  if (confirmEndpoint === undefined) return '';
  const url = shellQuote(curlConfigLine('url', `${confirmEndpoint}?token=${token}`));
  return `
n=0
while :; do
  n=$((n + 1))
  a=$(printf '%s\\n' ${url} | curl -g -L --max-redirs 0 -sS --connect-timeout 30 -K - -H ${JSON_HEADER} -d "{\\"sha256\\":\\"$h\\"}" -w ' %{http_code}')
  r=$?
  case "$r:$a" in
    0:*' 200') break ;;
    *'"digest-mismatch"'*) rm -f "$t"; die "Wrong SHA-256: the file was damaged on the way and is removed. Run this again." ;;
    ${LATER.join('|')}) [ "$n" -lt ${MAX_TRIES} ] || die "Saved, but not confirmed after ${MAX_TRIES} tries: the link is not used." ;;
    *) die "Saved, but not confirmed: curl exit $r, HTTP status \${a##* }." ;;
  esac
  sleep "$((n > ${MAX_PAUSE_SECONDS} ? ${MAX_PAUSE_SECONDS} : n))"
done
echo "Confirmed by SHA-256: the link is used."`;
}
