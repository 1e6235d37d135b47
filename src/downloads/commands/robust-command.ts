import type { CommandInput } from './command-input.js';
import { confirmLoop, needsHash } from './robust-confirmation.js';
import { CURL } from './curl-command.js';
import { MAX_NAME_BYTES, safeFileName } from './safe-file-name.js';
import { curlConfigLine, shellFile, shellQuote } from './shell-quote.js';

const MAX_TRIES = 40;
const MAX_PAUSE_SECONDS = 30;

/** curl's exits for a connection that failed or was cut; 16 and 92 are HTTP/2's (a proxy may speak it). */
const CUT = [7, 16, 18, 28, 52, 55, 56, 92];
/** 409 busy, 429, 503 verification running or store down; 502 and 504: the proxy in front while we restart. */
const LATER = [409, 429, 502, 503, 504];
/** The server ignored Range: what is there cannot be continued. */
const NO_RESUME = 33;

/**
 * A loop that survives cuts and never shows a file that is not complete. It is a subshell, so it can be pasted into
 * an interactive shell; it needs POSIX and curl 7.29. `flock`, where there is one, keeps a
 * second copy of the command from writing to the same part file: curl inherits the lock, so it lasts as long as
 * anybody writes.
 *
 * curl's own `--retry` is not used: it starts from zero and does not retry 409. A complete part is not asked for
 * again (that would be a 416). `ln` is the rename that refuses an existing name; on file systems without hard links
 * an exclusively created empty file holds the name until `mv` replaces it.
 *
 * A link that waits for its client's confirmation gets it after the rename: see robust-confirmation.
 */
export function robustCommand(input: CommandInput): string {
  const { url, linkId, fileName, size, sha256 } = input;
  const name = safeFileName(fileName);
  return `(
set +Ceu
t=${shellFile(name)}
p=${shellQuote(partName(name, linkId))}
s=${size}
${DEFINITIONS}${needsHash(input)}${SETUP}
n=0 r=1
until full || [ "$r" -eq 0 ]; do
  n=$((n + 1))
  [ "$n" -le ${MAX_TRIES} ] || die "Gave up after ${MAX_TRIES} tries. Run this again to go on where it stopped."
  [ "$n" -eq 1 ] || sleep "$((n > ${MAX_PAUSE_SECONDS} ? ${MAX_PAUSE_SECONDS} : n - 1))"
  c=$(printf '%s\\n' ${shellQuote(curlConfigLine('url', url))} | ${CURL} --connect-timeout 30 -C - -K - -o "$p" -w '%{http_code}')
  r=$?
  case "$r:$c" in
    ${retryPatterns()}) ;;
    ${NO_RESUME}:*) : > "$p" ;;
    22:401) die "The link is used, expired or revoked, or it belongs to another client." ;;
    *) die "Stopped: curl exit $r, HTTP status $c." ;;
  esac
done
b=$(wc -c < "$p")
[ "$b" -eq "$s" ] || { : > "$p"; die "Wrong size: $((b)) bytes instead of $s."; }
${sha256 === undefined && input.confirmEndpoint === undefined ? '' : HASH}${sha256 === undefined ? '' : checkDigest(sha256)}${FINISH}${confirmLoop(input)}
)`;
}

/** Hidden, and tied to the link; `.drawbridge.<link id>.part` when the file's own name leaves no room. */
function partName(name: string, linkId: string): string {
  const part = `.${name}.${linkId}.part`;
  return Buffer.byteLength(part) <= MAX_NAME_BYTES ? part : `.drawbridge.${linkId}.part`;
}

/** An answer that is neither an error nor 200 or 206 cannot come from us; it falls through to `Stopped`. */
function retryPatterns(): string {
  return ['0:200', '0:206', ...CUT.map((exit) => `${exit}:*`), ...LATER.map((status) => `22:${status}`)].join(
    '|',
  );
}

const DEFINITIONS = `die() { printf '%s\\n' "$1" >&2; exit 1; }
taken() { [ -e "$t" ] || [ -L "$t" ]; }
full() { [ "$s" -gt 0 ] && [ "$(wc -c < "$p")" -eq "$s" ]; }
`;

/** Opening for append makes the part file, also for an empty body, and the lock's handle. */
const SETUP = `if taken; then die "$t already exists; move it away first."; fi
if [ -L "$p" ] || { [ -e "$p" ] && [ ! -f "$p" ]; }; then die "$p is not a regular file; remove it first."; fi
exec 9>> "$p" || exit 1
if command -v flock > /dev/null; then
  flock -n 9
  [ "$?" -ne 1 ] || die "Another run is downloading this."
fi
trap 'if [ -s "$p" ]; then printf "%s keeps what has arrived.\\n" "$p" >&2; else rm -f "$p"; fi' EXIT
[ "$(wc -c < "$p")" -le "$s" ] || : > "$p"`;

/** Leaves `h` empty where no tool is. */
const HASH = `if command -v sha256sum > /dev/null; then h=$(sha256sum < "$p")
elif command -v shasum > /dev/null; then h=$(shasum -a 256 < "$p")
elif command -v openssl > /dev/null; then h=$(openssl dgst -sha256 < "$p"); h=\${h##* }
else h=
fi
h=\${h%% *}
`;

function checkDigest(sha256: string): string {
  return `[ -n "$h" ] || { h=${sha256}; echo "SHA-256 not checked: no sha256sum, shasum or openssl here." >&2; }
[ "$h" = ${sha256} ] || { : > "$p"; die "Wrong SHA-256: the file was damaged on the way."; }
`;
}

const FINISH = `exec 9>&-
if taken; then die "$t has appeared meanwhile; move it away and run this again."; fi
if ln "$p" "$t" 2> /dev/null; then rm -f "$p"
elif (set -C; : > "$t") 2> /dev/null; then mv -f "$p" "$t" || { rm -f "$t"; die "Could not rename $p to $t."; }
else die "Could not create $t; the whole file is in $p."
fi
printf 'Saved %s (%s bytes).\\n' "$t" "$s"`;
