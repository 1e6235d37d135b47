import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));

/** An app that notes each signal, waits long enough to see a doubled one, and ends with 7. */
const APP = `
import { appendFileSync } from 'node:fs';
const note = (line) => appendFileSync('events.log', line + '\\n');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    note('app ' + signal);
    if (process.env.STUBBORN !== '1') setTimeout(() => process.exit(7), 300);
  });
setInterval(() => undefined, 1000);
note('app up ' + process.pid);
if (process.argv[2] !== undefined) process.exit(Number(process.argv[2]));
`;

/** Stands for the compiler: the sources are JavaScript already. */
const NEST = `
const fs = require('node:fs');
fs.appendFileSync('events.log', 'build\\n');
if (process.env.BUILD_FAILS === '1') process.exit(2);
fs.mkdirSync('dist', { recursive: true });
fs.copyFileSync('src/main.ts', 'dist/main.js');
`;

/** Stands for npm: "installs" the compiler above. */
const NPM = `#!${process.execPath}
const fs = require('node:fs');
fs.appendFileSync('events.log', 'npm ' + process.argv.slice(2).join(' ') + ' ' + process.pid + '\\n');
setTimeout(() => {
  fs.rmSync('node_modules', { recursive: true, force: true });
  fs.mkdirSync('node_modules/.bin', { recursive: true });
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
  fs.copyFileSync('nest.cjs', 'node_modules/.bin/nest');
}, Number(process.env.INSTALL_MS ?? 0));
`;

const LOCK = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } };

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A small project around the real `scripts/`: its app, compiler and (inner) npm are the stand-ins above. */
export class RunScriptProject {
  private readonly children: ChildProcess[] = [];

  private constructor(readonly folder: string) {}

  static async create(): Promise<RunScriptProject> {
    const project = new RunScriptProject(await mkdtemp(join(tmpdir(), 'drawbridge-run-')));
    await cp(SCRIPTS, join(project.folder, 'scripts'), { recursive: true });
    await mkdir(join(project.folder, 'src'));
    await mkdir(join(project.folder, 'fake'));
    const script = 'exec "${npm_node_execpath:-node}" scripts/run.mjs start';
    await project.write('package.json', JSON.stringify({ type: 'module', scripts: { start: script } }));
    await project.write('package-lock.json', JSON.stringify(LOCK));
    await project.write('src/main.ts', APP);
    await project.write('nest.cjs', NEST);
    await project.write('fake/package.json', '{}');
    await project.write('fake/npm', NPM);
    await chmod(join(project.folder, 'fake/npm'), 0o755);
    return project;
  }

  async write(path: string, content: string): Promise<void> {
    await writeFile(join(this.folder, path), content);
  }

  /** What the app and the stand-ins noted so far, one line each. */
  async events(): Promise<string[]> {
    const log = await readFile(join(this.folder, 'events.log'), 'utf8').catch(() => '');
    return log.split('\n').filter(Boolean);
  }

  /** Waits for a note that starts with `prefix`. @returns the process id at its end */
  async pidOf(prefix: string): Promise<number> {
    const end = Date.now() + 10_000;
    while (Date.now() < end) {
      const line = (await this.events()).find((event) => event.startsWith(prefix));
      if (line !== undefined) return Number(line.split(' ').at(-1));
      await sleep(10);
    }
    throw new Error(`"${prefix}" did not come; there is: ${(await this.events()).join(', ')}`);
  }

  /** Starts `scripts/run.mjs`. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const PATH = `${join(this.folder, 'fake')}:${process.env.PATH ?? ''}`;
    return this.spawn(process.execPath, ['scripts/run.mjs', ...args], { PATH, ...env });
  }

  spawn(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn(command, args, {
      cwd: this.folder,
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    return child;
  }

  /** Ends what a failed test left running. */
  async remove(): Promise<void> {
    for (const child of this.children) child.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits for a process and all that holds its output. */
export function ended(child: ChildProcess): Promise<Ended> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal, output });
    });
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
