import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json; every command runs there. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export const inProject = (...segments) => join(root, ...segments);

/** One line of progress, on stderr: stdout belongs to the command that was asked for. */
export function say(line) {
  process.stderr.write(`drawbridge: ${line}\n`);
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Ends the command: `message` tells the user what to do; `code` or `signal` is what the process ends with. */
export class Stop extends Error {
  constructor(message, { code = 1, signal = null } = {}) {
    super(message);
    this.code = code;
    this.signal = signal;
  }
}
