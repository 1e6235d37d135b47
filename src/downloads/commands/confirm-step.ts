import type { CommandInput } from './command-input.js';
import { shellQuote } from './shell-quote.js';

/** The first tool that is there reads standard input; the others say "not found" to nobody. */
const HASH = '{ sha256sum 2> /dev/null || shasum -a 256 2> /dev/null || openssl dgst -sha256; }';
/** `<hash>  -` of the first two, `SHA2-256(stdin)= <hash>` of OpenSSL. */
const TO_JSON = `sed 's/.*= //; s/ .*//; s/.*/{"sha256":"&"}/'`;

export const JSON_HEADER = `'Content-Type: application/json'`;

/** Prints the body of the confirmation for a file, given as a shell word. Has no variable, for interactive shells. */
export function confirmationOf(file: string): string {
  return `${HASH} < ${file} | ${TO_JSON}`;
}

/** The confirmation's whole address as a shell word; undefined: the link needs none. */
export function confirmUrl({ confirmEndpoint, token }: CommandInput): string | undefined {
  return confirmEndpoint === undefined ? undefined : shellQuote(`${confirmEndpoint}?token=${token}`);
}
