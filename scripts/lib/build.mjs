import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { step } from './child.mjs';
import { bin, findNode } from './node.mjs';
import { inProject, say, sha256 } from './project.mjs';
import { inTurn } from './turn.mjs';

const STAMP = inProject('dist', '.built-from.json');
const SETTINGS = ['nest-cli.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Names and contents of all that the build reads. Contents, because git and copies set file times as they like. */
function currentInputs() {
  const sources = readdirSync(inProject('src'), { recursive: true })
    .filter((name) => /\.(ts|json)$/.test(name) && !name.endsWith('.spec.ts'))
    .map((name) => `src/${name}`)
    .sort();
  const files = [...SETTINGS.filter((name) => existsSync(inProject(name))), ...sources];
  const hashes = files.map((name) => `${name} ${sha256(readFileSync(inProject(name)))}`);
  return { names: sha256(files.join('\n')), contents: sha256(hashes.join('\n')) };
}

function lastInputs() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch {
    return undefined;
  }
}

const isBuilt = () => lastInputs()?.contents === currentInputs().contents;

async function build() {
  const inputs = currentInputs();
  // The compiler deletes no output, and after an interrupted build its own records may be wrong.
  if (lastInputs()?.names !== inputs.names) rmSync(inProject('dist'), { recursive: true, force: true });
  rmSync(STAMP, { force: true });
  say('Building ...');
  await step('The build failed: see the errors above.', findNode(), [bin('nest'), 'build']);
  mkdirSync(inProject('dist'), { recursive: true });
  writeFileSync(STAMP, JSON.stringify(inputs));
}

/** Builds dist/ when a source or a setting has changed since the last build. @returns whether it had to */
export async function ensureBuilt() {
  if (isBuilt()) return false;
  return inTurn(async () => {
    if (isBuilt()) return false;
    await build();
    return true;
  });
}
