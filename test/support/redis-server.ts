import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';

const READY = 'Ready to accept connections';
const runFile = promisify(execFile);

export interface RedisServerOptions {
  /** Where it reads its dump; a temporary folder, removed at {@link RedisServer.stop}, when not given. */
  readonly folder?: string;
  /** Name of the dump to load at start, in `folder`. */
  readonly dumpFile?: string;
}

/** Debian's redis-server as a child process on a free port of 127.0.0.1; it never writes its data to disk. */
export class RedisServer {
  private constructor(
    private readonly child: ChildProcessByStdio<null, Readable, null>,
    readonly port: number,
    private readonly ownFolder: string | undefined,
  ) {}

  /** Resolves when it accepts connections. @throws Error with its log when it ends before that */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const ownFolder = options.folder ? undefined : await mkdtemp(join(tmpdir(), 'drawbridge-redis-'));
    const port = await freePort();
    const settings = {
      port: String(port),
      bind: '127.0.0.1',
      dir: options.folder ?? ownFolder ?? '',
      dbfilename: options.dumpFile ?? 'dump.rdb',
      save: '',
      appendonly: 'no',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child, 'spawn');
    const server = new RedisServer(child, port, ownFolder);
    let log = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      log += String(chunk);
      if (log.includes(READY)) {
        child.stdout.resume();
        return server;
      }
    }
    await server.stop();
    throw new Error(`redis-server did not start:\n${log}`);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Runs `redis-cli`. @returns what it prints, without the line end */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await runFile('redis-cli', ['-p', String(this.port), ...args]);
    return stdout.trimEnd();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    if (this.ownFolder) await rm(this.ownFolder, { recursive: true, force: true });
  }
}
