import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from '@jest/globals';

/** `npm run test:services` and CI set it: a missing service is then a failure, not a skipped test. */
const required = process.env.REQUIRE_SERVICES === '1';
/** There random tests throw their dice as often as is promised; elsewhere less often. */
export const inFull = required;

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function describeUnlessMissing(missing: readonly string[], title: string, body: () => void): void {
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const needs = `${title} (needs ${missing.join(', ')})`;
  if (!required) {
    const skipped = describe.skip;
    skipped(needs, body);
    return;
  }
  describe(needs, () => {
    it('finds what it needs', () => {
      throw new Error(`Missing: ${missing.join(', ')}`);
    });
  });
}

/** Tests that run real programs: skipped, and shown as skipped, where one is not installed. */
export function describeWithProgram(
  programs: string | readonly string[],
  title: string,
  body: () => void,
): void {
  const missing = [programs].flat().filter((program) => !isOnPath(program));
  describeUnlessMissing(missing, title, body);
}

/** Tests that read what only Linux tells about a process. */
export function describeOnLinux(title: string, body: () => void): void {
  describeUnlessMissing(process.platform === 'linux' ? [] : ['Linux'], title, body);
}

/** Tests against a service that an environment variable points at, such as `TEST_POSTGRES_URL`. */
export function describeWithVariable(variable: string, title: string, body: () => void): void {
  describeUnlessMissing(process.env[variable] ? [] : [variable], title, body);
}
