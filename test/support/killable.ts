import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandLine } from './resuming-clients.js';

/** A client program and whatever it starts, in a process group of its own, so that all of it can be killed at once. */
export class Killable {
  readonly ended: Promise<number | null>;
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.ended = once(child, 'close').then(() => child.exitCode);
  }

  static start({ program, args }: CommandLine, cwd: string): Killable {
    return new Killable(
      spawn(program, args, {
        cwd,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Resolves when what lies in the folder takes so many bytes of disk. @throws Error when it ends before, or in 20 s */
  async hasSaved(bytes: number, folder: string): Promise<void> {
    const until = performance.now() + 20_000;
    while (savedIn(folder) < bytes) {
      const { exitCode } = this.child;
      if (exitCode !== null) throw new Error(`It ended by itself with ${exitCode}: ${this.output}`);
      if (performance.now() > until) throw new Error(`It saved ${savedIn(folder)} bytes instead of ${bytes}`);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  /** kill -9, all of it. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.pid) process.kill(-this.child.pid, 'SIGKILL');
    await this.ended;
  }
}

/** Bytes of disk that the files of a folder take; holes are none. */
export function savedIn(folder: string): number {
  return (
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      // A program's temporary file may be gone again by now.
      .reduce(
        (sum, { name }) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.blocks ?? 0) * 512,
        0,
      )
  );
}
