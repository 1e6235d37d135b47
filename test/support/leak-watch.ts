import { existsSync, readFileSync } from 'node:fs';
import type { MintedLinkDto } from '../../src/downloads/minting/mint.dto.js';
import { Canaries } from './canaries.js';
import { DrawbridgeHome, type DrawbridgeProcess } from './drawbridge-process.js';

/** Something that the service answered, headers and all. */
export interface WatchedAnswer {
  readonly request: string;
  readonly status: number;
  readonly text: string;
  /** Names of canaries that it may hold. */
  readonly may: readonly string[];
}

export interface WatchedCall {
  readonly may?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export const ANONYMOUS = { headers: { Authorization: '' } } as const;

/** The service as a process; keeps all that it says, to be searched for secrets at the end. */
export class LeakWatch {
  readonly home = new DrawbridgeHome();
  readonly canaries = new Canaries();
  readonly answers: WatchedAnswer[] = [];
  readonly processes: DrawbridgeProcess[] = [];
  /** Where Linux tells them. */
  readonly commandLines: Buffer[] = [];
  /** The process that was started last. */
  service!: DrawbridgeProcess;
  private links = 0;

  constructor(private readonly environment: Record<string, string>) {}

  async start(more: Record<string, string> = {}): Promise<void> {
    this.service = await this.home.start({ ...this.environment, ...more });
    this.processes.push(this.service);
    const commandLine = `/proc/${this.service.child.pid}/cmdline`;
    if (existsSync(commandLine)) this.commandLines.push(readFileSync(commandLine));
  }

  /** A start that must not succeed. @returns its exit code */
  async startInVain(more: Record<string, string>): Promise<number | null> {
    const failed = this.home.launch(1, { ...this.environment, ...more });
    this.processes.push(failed);
    return (await failed.ended).code;
  }

  /** Calls as the administrator. @param request method and path, or method and URL */
  async call(request: string, body?: unknown, { may = [], headers = {} }: WatchedCall = {}) {
    const [method = '', path = ''] = request.split(' ');
    const response = await fetch(path.startsWith('http') ? path : this.service.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.home.adminKey}`,
        'Content-Type': 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const content = await response.text();
    const text = JSON.stringify([...response.headers]) + content;
    this.answers.push({ request, status: response.status, text, may });
    return { status: response.status, content };
  }

  /** A link; its token becomes a canary that this answer alone may hold. */
  async mint(file: string): Promise<MintedLinkDto> {
    const name = `token ${(this.links += 1)}`;
    const path = `/api/storage/${this.service.storageId}/download-url`;
    const { content } = await this.call(`POST ${path}`, { file }, { may: [name] });
    const link = JSON.parse(content) as MintedLinkDto;
    const token = new URL(link.url).searchParams.get('token') ?? '';
    this.canaries.add(name, token, Buffer.from(token, 'base64url'));
    return link;
  }

  /** The answers that hold what they must not, and what that is. */
  leaks() {
    return this.answers
      .map(({ request, status, text, may }) => ({
        request,
        status,
        found: this.canaries.foundIn(text, may),
      }))
      .filter(({ found }) => found.length > 0);
  }
}
