import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface ShellResult {
  readonly exit: number;
  readonly output: string;
}

/**
 * Folders for running shell commands in: each `folder()` is new, and `stub()` puts a program first in the commands'
 * PATH. `sleep` is such a stub, which only writes down how long it was asked to wait.
 */
export class ShellBench {
  readonly #bin: string;
  readonly #home: string;
  #folders = 0;

  private constructor(readonly root: string) {
    this.#bin = join(root, 'bin');
    this.#home = join(root, 'home');
  }

  static async create(): Promise<ShellBench> {
    const bench = new ShellBench(await mkdtemp(join(tmpdir(), 'drawbridge-shell-')));
    await mkdir(bench.#bin);
    await mkdir(bench.#home);
    await bench.stub('sleep', 'echo "$1" >> "$HOME/sleeps"');
    return bench;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async folder(): Promise<string> {
    const folder = join(this.root, `run-${(this.#folders += 1)}`);
    await mkdir(folder);
    return folder;
  }

  /** @param bin another folder than the one that is first in every PATH */
  async stub(name: string, script: string, bin = this.#bin): Promise<void> {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }

  /** Seconds of each pause since the last call. */
  async takeSleeps(): Promise<number[]> {
    const log = join(this.#home, 'sleeps');
    const text = await readFile(log, 'utf8').catch(() => '');
    await rm(log, { force: true });
    return text.split('\n').filter(Boolean).map(Number);
  }

  /** Runs `shell args` in `cwd`, `input` as its standard input; no configuration of the user takes part. */
  run(
    shell: string,
    args: string[],
    cwd: string,
    more: { path?: string; bin?: string; input?: string } = {},
  ): Promise<ShellResult> {
    const path = more.path ?? [more.bin, this.#bin, process.env.PATH].filter(Boolean).join(delimiter);
    return new Promise((resolve) => {
      const child = execFile(
        shell,
        args,
        { cwd, timeout: 25_000, env: { PATH: path, HOME: this.#home, LC_ALL: 'C.UTF-8', no_proxy: '*' } },
        (error, stdout, stderr) => {
          const exit = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
          resolve({ exit, output: stdout + stderr });
        },
      );
      // A shell that has ended already reads no more.
      child.stdin?.on('error', () => undefined).end(more.input ?? '');
    });
  }
}
