import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiClient } from './api-client.js';
import { freePort } from './free-port.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built service, `dist/main.js`, as a process of its own. */
export class DrawbridgeProcess extends ApiClient {
  stdout = '';
  stderr = '';
  /** Resolves when it has ended and all it wrote was read. */
  readonly ended: Promise<Ending>;
  private wake: () => void = () => undefined;

  constructor(
    readonly child: ChildProcess,
    url: string,
    adminKey: string,
  ) {
    super(url, adminKey);
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        this[stream] += text;
        this.wake();
      });
    this.ended = once(child, 'close').then(() => {
      this.wake();
      return { code: child.exitCode, signal: child.signalCode };
    });
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  /** Resolves when it has written `text`. @throws Error with its output when it ends before that */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.hasEnded) throw new Error(`The service ended without "${text}":\n${this.output}`);
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    if (!this.hasEnded) this.child.kill(signal);
    return this.ended;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** A data directory and a storage root in a temporary folder, and the processes that are started on them. */
export class DrawbridgeHome {
  readonly home = mkdtempSync(join(tmpdir(), 'drawbridge-process-'));
  readonly dataDir = join(this.home, 'data');
  /** Empty at first. */
  readonly root = join(this.home, 'backups');
  readonly adminKey = `test-key-${randomBytes(24).toString('hex')}`;
  private readonly processes: DrawbridgeProcess[] = [];

  constructor() {
    mkdirSync(this.root);
  }

  /**
   * Starts a process and does not wait for it.
   * @param environment all variables but PATH that differ from the tests' usual ones; undefined takes one away
   * @param before a command that runs the rest of its arguments, such as strace
   */
  launch(
    port: number,
    environment: Record<string, string | undefined> = {},
    before: readonly string[] = [],
  ): DrawbridgeProcess {
    const url = `http://127.0.0.1:${port}`;
    const variables = {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      DEMO: 'false',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: this.dataDir,
      LOCAL_STORAGE_ROOTS: this.home,
      ADMIN_API_KEY: this.adminKey,
      ...environment,
    };
    const command = [...before, process.execPath, MAIN];
    const child = spawn(command[0]!, command.slice(1), { env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = new DrawbridgeProcess(child, url, this.adminKey);
    this.processes.push(started);
    return started;
  }

  /** Starts a process and waits until it serves. */
  async start(
    environment: Record<string, string | undefined> = {},
    before: readonly string[] = [],
  ): Promise<DrawbridgeProcess> {
    const started = this.launch(await freePort(), environment, before);
    await started.says('Drawbridge is listening');
    return started;
  }

  /** Ends what still runs and removes everything. */
  async remove(): Promise<void> {
    await Promise.all(this.processes.map((started) => started.end('SIGKILL')));
    rmSync(this.home, { recursive: true, force: true });
  }
}
