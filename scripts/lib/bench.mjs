import { existsSync, readdirSync } from 'node:fs';
import { step } from './child.mjs';
import { findNode } from './node.mjs';
import { inProject, say, Stop } from './project.mjs';

const SUFFIX = '.bench.mjs';

function names() {
  if (!existsSync(inProject('bench'))) return [];
  return readdirSync(inProject('bench'))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/** Runs the named benchmarks; what follows the names from the first `-` on is passed to each. Without names: lists them. */
export async function bench(args) {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const wanted = (firstOption < 0 ? args : args.slice(0, firstOption)).map((name) =>
    name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name,
  );
  const options = firstOption < 0 ? [] : args.slice(firstOption);
  const known = names();
  const list = known.length > 0 ? known.join(', ') : 'none yet';
  if (wanted.length === 0) return say(`Benchmarks: ${list}. Run one with "npm run bench -- <name>".`);
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Stop(`No benchmark is called ${unknown.join(', ')}. There are: ${list}.`);
  for (const name of wanted)
    await step(`The benchmark ${name} failed.`, findNode(), [`bench/${name}${SUFFIX}`, ...options]);
}
