import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';

export interface ClientRun {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Kills the program with SIGKILL once it has written so many bytes to its standard output. */
  readonly killAfterBytes?: number;
}

/** Runs a client program to its end. Its output stays in memory: no test writes a plaintext to the disk without need. */
export function runClient(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ClientRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let received = 0;
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      received += chunk.length;
      if (options.killAfterBytes !== undefined && received >= options.killAfterBytes) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout: Buffer.concat(chunks), stderr });
    });
  });
}

export const curl = (url: string, args: readonly string[] = [], options?: RunOptions) =>
  runClient('curl', ['-sS', '-f', ...args, url], options);

export const wget = (url: string, args: readonly string[] = [], options?: RunOptions) =>
  runClient('wget', ['-q', '--tries=1', '-O', '-', ...args, url], options);

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
