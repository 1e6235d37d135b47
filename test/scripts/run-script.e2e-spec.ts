import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ended, isAlive, RunScriptProject } from '../support/run-script-project.js';
import { describeWithProgram } from '../support/service.js';

let project: RunScriptProject;
beforeEach(async () => {
  project = await RunScriptProject.create();
});
afterEach(() => project.remove());

const steps = async () => (await project.events()).map((event) => event.replace(/ \d+$/, ''));
const INSTALL = 'npm ci --include=dev --include=optional';

describe('what run.mjs does before the command', () => {
  it('installs, builds and starts once, and says so; then only starts', async () => {
    const first = await ended(project.run(['start', '0'], { NODE_ENV: 'production' }));
    expect(first).toMatchObject({ code: 0, signal: null });
    expect(first.output).toMatch(/Installing packages[^]*Building[^]*Starting/);
    const second = await ended(project.run(['start', '0']));
    expect(second.output).not.toMatch(/Installing|Building/);
    expect(await steps()).toEqual([INSTALL, 'build', 'app up', 'app up']);
  });

  it('goes by contents, not by file times', async () => {
    await ended(project.run(['build']));
    const later = new Date(Date.now() + 60_000);
    for (const file of ['package-lock.json', 'src/main.ts']) {
      await utimes(join(project.folder, file), later, later);
    }
    expect((await ended(project.run(['build']))).output).toContain('The build is up to date.');
    expect(await steps()).toEqual([INSTALL, 'build']);
  });

  it('builds again after a change of a source, and not after one of a unit test', async () => {
    await ended(project.run(['build']));
    await project.write('src/main.spec.ts', '// a test');
    await ended(project.run(['build']));
    expect(await steps()).toEqual([INSTALL, 'build']);
    await project.write('src/added.ts', '// a source');
    await ended(project.run(['build']));
    expect(await steps()).toEqual([INSTALL, 'build', 'build']);
  });

  it.each([
    ['another version', { '': {}, 'node_modules/a': { version: '1.0.1' } }, 2],
    [
      'a new package',
      { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } },
      2,
    ],
    ['a package less', { '': {} }, 2],
    [
      'an optional package of another platform',
      {
        '': {},
        'node_modules/a': { version: '1.0.0' },
        'node_modules/mac': { version: '1.0.0', optional: true },
      },
      1,
    ],
  ])('after a change of the lock file (%s)', async (_, packages, installs) => {
    await ended(project.run(['build']));
    await project.write('package-lock.json', JSON.stringify({ packages }));
    await ended(project.run(['build']));
    expect((await steps()).filter((step) => step === INSTALL)).toHaveLength(installs);
  });

  it('does not start what could not be built, and builds again next time', async () => {
    const failed = await ended(project.run(['start', '0'], { BUILD_FAILS: '1' }));
    expect(failed.code).toBe(2);
    expect(failed.output).toContain('The build failed');
    await ended(project.run(['start', '0']));
    expect(await steps()).toEqual([INSTALL, 'build', 'build', 'app up']);
  });

  it('installs and builds once when two commands start together', async () => {
    const both = [1, 2].map(() => ended(project.run(['start', '0'], { INSTALL_MS: '200' })));
    expect((await Promise.all(both)).map(({ code }) => code)).toEqual([0, 0]);
    expect((await steps()).sort()).toEqual(['app up', 'app up', 'build', INSTALL]);
  });

  it('names its tasks when it gets none it knows', async () => {
    const refused = await ended(project.run(['toString']));
    expect(refused.code).toBe(2);
    expect(refused.output).toContain('start, test');
  });
});

describe('how run.mjs ends', () => {
  it('keeps the exit code', async () => {
    expect(await ended(project.run(['start', '3']))).toMatchObject({ code: 3, signal: null });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'passes %s on once and waits for the app',
    async (signal) => {
      const child = project.run(['start']);
      const app = await project.pidOf('app up');
      child.kill(signal);
      expect(await ended(child)).toMatchObject({ code: 7, signal: null });
      expect((await steps()).slice(2)).toEqual(['app up', `app ${signal}`]);
      expect(isAlive(app)).toBe(false);
    },
  );

  it('takes a doubled SIGINT for one, and kills the app a second after the next', async () => {
    const child = project.run(['start'], { STUBBORN: '1' });
    const app = await project.pidOf('app up');
    const end = ended(child);
    child.kill('SIGINT');
    await project.pidOf('app SIGINT');
    child.kill('SIGINT');
    // Beyond the time in which two signals are one press.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await steps()).toEqual([INSTALL, 'build', 'app up', 'app SIGINT']);
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 137 });
    expect(isAlive(app)).toBe(false);
  });

  it('stops an install, ends by the same signal and goes no further', async () => {
    const child = project.run(['start'], { INSTALL_MS: '60000' });
    const npm = await project.pidOf('npm ci');
    child.kill('SIGTERM');
    expect(await ended(child)).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(await steps()).toEqual([INSTALL]);
    expect(isAlive(npm)).toBe(false);
    expect(await ended(project.run(['start', '0']))).toMatchObject({ code: 0 });
  });
});

describeWithProgram(['npm', 'python3'], 'npm start', () => {
  it('on SIGTERM to npm stops the app once and keeps its exit code', async () => {
    await ended(project.run(['build']));
    const npm = project.spawn('npm', ['start']);
    const app = await project.pidOf('app up');
    npm.kill('SIGTERM');
    expect(await ended(npm)).toMatchObject({ code: 7, signal: null });
    expect((await steps()).slice(2)).toEqual(['app up', 'app SIGTERM']);
    expect(isAlive(app)).toBe(false);
  });

  it('on Ctrl-C in a terminal stops the app once and keeps its exit code', async () => {
    await ended(project.run(['build']));
    const terminal = project.spawn('python3', ['-c', TERMINAL], { PYTHONDONTWRITEBYTECODE: '1' });
    const app = await project.pidOf('app up');
    expect(await ended(terminal)).toMatchObject({ code: 7, signal: null });
    expect((await steps()).slice(2)).toEqual(['app up', 'app SIGINT']);
    expect(isAlive(app)).toBe(false);
  });
});

/** Runs `npm start` in a pseudo terminal, types Ctrl-C when the app is up, and ends with npm's exit code. */
const TERMINAL = `
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp('npm', ['npm', 'start'])
while 'app up' not in open('events.log').read():
    time.sleep(0.02)
os.write(fd, b'\\x03')
try:
    while os.read(fd, 4096):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
