import { bench } from './bench.mjs';
import { ensureBuilt } from './build.mjs';
import { run, stopSignal } from './child.mjs';
import { ensureInstalled } from './install.mjs';
import { withMemoryFolder } from './memory-folder.mjs';
import { bin, findNode } from './node.mjs';
import { say } from './project.mjs';
import { checkDocument, writeDocument } from './swagger.mjs';

const JEST_OPTIONS = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

async function start(args) {
  await ensureInstalled();
  await ensureBuilt();
  const node = findNode();
  say('Starting ... (Ctrl-C stops it)');
  return run(node, ['dist/main.js', ...args]);
}

async function test(args, env = {}) {
  await ensureInstalled();
  // The end-to-end tests start dist/main.js.
  await ensureBuilt();
  const NODE_OPTIONS = [process.env.NODE_OPTIONS, JEST_OPTIONS].filter(Boolean).join(' ');
  return withMemoryFolder((folder) =>
    run(findNode(), [bin('jest'), ...args], { ...env, ...folder, NODE_OPTIONS }),
  );
}

async function build() {
  await ensureInstalled();
  if (!(await ensureBuilt())) say('The build is up to date.');
  return { code: 0, signal: null };
}

async function lint() {
  await ensureInstalled();
  const checks = {
    eslint: ['.', '--max-warnings', '0'],
    prettier: ['--check', '.', '--log-level', 'warn'],
    depcruise: ['src', '--config', '.dependency-cruiser.cjs'],
  };
  const failed = [];
  for (const [name, args] of Object.entries(checks)) {
    say(`Checking with ${name} ...`);
    const { code } = await run(findNode(), [bin(name), ...args]);
    if (stopSignal() !== undefined) return { code: null, signal: stopSignal() };
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) say(`Complaints from ${failed.join(', ')}: see above.`);
  return { code: failed.length > 0 ? 1 : 0, signal: null };
}

async function typecheck(args) {
  await ensureInstalled();
  return run(findNode(), [bin('tsc'), '--noEmit', ...args]);
}

async function format() {
  await ensureInstalled();
  return run(findNode(), [bin('prettier'), '--write', '.', '--log-level', 'warn']);
}

/** After an install and a build. */
const built = (work) => async (args) => {
  await ensureInstalled();
  await ensureBuilt();
  await work(args);
  return { code: 0, signal: null };
};

/** Each takes the arguments behind its name and answers how the last command ended. */
export const tasks = {
  start,
  test,
  'test:services': (args) => test(args, { REQUIRE_SERVICES: '1' }),
  build,
  lint,
  typecheck,
  format,
  swagger: built(writeDocument),
  'swagger:check': built(checkDocument),
  bench: built(bench),
};
