import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { step } from './child.mjs';
import { inProject, say } from './project.mjs';
import { inTurn } from './turn.mjs';

function packagesIn(file) {
  try {
    const { packages } = JSON.parse(readFileSync(inProject(file), 'utf8'));
    delete packages['']; // the project itself
    return packages;
  } catch {
    return undefined;
  }
}

const same = (a, b) => a.version === b.version && a.integrity === b.integrity && a.link === b.link;

/**
 * Is node_modules what package-lock.json says? Compares npm's own record of what it installed, since file times
 * mean nothing in a fresh clone. Optional packages may be absent: most are for other platforms.
 */
function isInstalled() {
  const wanted = packagesIn('package-lock.json');
  const found = packagesIn('node_modules/.package-lock.json');
  if (wanted === undefined || found === undefined) return false;
  return (
    Object.keys(found).every((path) => path in wanted) &&
    Object.entries(wanted).every(([path, entry]) =>
      path in found ? same(entry, found[path]) : entry.optional === true,
    )
  );
}

/** npm must not run on the packaged Node that it is about to replace. */
function pathWithoutPackages() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder))
    .join(delimiter);
}

/** Installs what the lock file names, unless it is there. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await inTurn(async () => {
    if (isInstalled()) return;
    say('Installing packages (first start, about a minute) ...');
    const failure = 'The packages could not be installed. Check the network and run the command again.';
    // The build needs the development packages, whatever NODE_ENV says.
    await step(failure, 'npm', ['ci', '--include=dev', '--include=optional'], {
      PATH: pathWithoutPackages(),
    });
  });
}
