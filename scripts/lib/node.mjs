import { spawnSync } from 'node:child_process';
import { inProject, Stop } from './project.mjs';

const NEEDED = 24;
const major = (version) => Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);

/** A command of an installed package, as a script for Node. */
export const bin = (name) => inProject('node_modules', '.bin', name);

/** The version of the packaged Node, or undefined when it is absent or does not run here (another libc, say). */
function packagedVersion() {
  const { status, stdout } = spawnSync(bin('node'), ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 ? stdout.trim() : undefined;
}

let found;

/** The Node to run everything with: this one when it is new enough, else the packaged one. @throws Stop */
export function findNode() {
  if (found !== undefined) return found;
  if (major(process.versions.node) >= NEEDED) return (found = process.execPath);
  if (major(packagedVersion() ?? '') >= NEEDED) return (found = bin('node'));
  throw new Stop(
    `Drawbridge runs on Node ${NEEDED} or newer. This is Node ${process.versions.node}, and the Node ${NEEDED} that comes with the ` +
      `packages does not run on this machine (${process.platform} ${process.arch}). ` +
      `Install Node ${NEEDED} from https://nodejs.org, or with "nvm install ${NEEDED}", and run the command again.`,
  );
}
