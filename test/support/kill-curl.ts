import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Kills curl with -9 once it has written the first bytes of a body of more than 70 KB. However late that comes, the rest
 * waits in its kernel: its output goes to a pipe that nobody reads, which takes 64 KiB, and a rate limit keeps its own
 * buffer at 2 KB. Resolves when it is dead.
 */
export async function killCurlHalfWay(url: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-kill-'));
  const script = `mkfifo p; sleep 60 < p & echo $!; curl -sS -f -N --limit-rate 2000 "$1" > p & echo $!; wait $!`;
  const shell = spawn('sh', ['-c', script, 'sh', url], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const closed = once(shell, 'exit');
  let printed = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  try {
    for (let written = 0; written === 0;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const [, curl] = printed.split('\n');
      if (curl) written = bytesWrittenBy(curl);
    }
    const [reader, curl] = printed.split('\n').map(Number);
    process.kill(curl ?? 0, 'SIGKILL');
    process.kill(reader ?? 0, 'SIGKILL');
    await closed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bytesWrittenBy(pid: string): number {
  return Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}
