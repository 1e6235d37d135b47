import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { step } from './child.mjs';
import { findNode } from './node.mjs';
import { inProject, say, Stop } from './project.mjs';

const DOCUMENT = 'swagger/openapi.json';

const write = (path) =>
  step('The API document could not be written: see above.', findNode(), [
    'dist/openapi/write-openapi.js',
    path,
  ]);

export async function writeDocument() {
  mkdirSync(inProject('swagger'), { recursive: true });
  await write(DOCUMENT);
  say(`${DOCUMENT} is up to date.`);
}

function linesOf(path) {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Does the checked-in document describe the code as it is? @throws Stop naming the first difference */
export async function checkDocument() {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-openapi-'));
  try {
    const fresh = join(folder, 'openapi.json');
    await write(fresh);
    const now = linesOf(fresh);
    const then = linesOf(inProject(DOCUMENT));
    const at = Array.from({ length: Math.max(now.length, then.length) }, (_, i) => i).find(
      (i) => now[i] !== then[i],
    );
    if (at === undefined) return say(`${DOCUMENT} matches the code.`);
    throw new Stop(
      `${DOCUMENT} does not match the code, first in line ${at + 1}:\n` +
        `  checked in: ${then[at] ?? '(end of file)'}\n  the code:   ${now[at] ?? '(end of file)'}\n` +
        `Run "npm run swagger" and commit the file.`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
