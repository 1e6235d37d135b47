import { spawn, type ChildProcess } from 'node:child_process';
import { eventually } from './eventually.js';

export interface SeenEvent {
  readonly type: string;
  readonly data: {
    readonly id: string;
    readonly state: string;
    readonly bytes: number;
    readonly size: number;
    readonly rate: number;
    readonly client: string | null;
    readonly at: string;
  };
  /** When it arrived, in ms of the test's clock. */
  readonly seenAt: number;
}

/** `curl -N` on a stream of events, as a person would watch it. */
export class LiveEvents {
  readonly events: SeenEvent[] = [];
  headers = '';
  exit: number | null | undefined;
  private text = '';
  private readonly child: ChildProcess;

  constructor(url: string, key: string) {
    this.child = spawn('curl', ['-sS', '-N', '-i', '-H', `Authorization: Bearer ${key}`, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.take(text);
    });
    this.child.once('close', (code) => (this.exit = code));
  }

  get told(): string[] {
    return this.events.map(({ type, data }) => (type === 'state' ? data.state : type));
  }

  states(id?: string): string[] {
    return this.events
      .filter(({ type, data }) => type === 'state' && (id === undefined || data.id === id))
      .map(({ data }) => data.state);
  }

  async opened(): Promise<this> {
    await eventually('the stream is open', () => this.headers !== '', 10_000);
    return this;
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    await eventually(`${what} (seen: ${this.told.join()})`, holds, 10_000);
  }

  async ended(): Promise<number | null> {
    await eventually(`the stream ends`, () => this.exit !== undefined, 10_000);
    return this.exit ?? null;
  }

  leave(): void {
    this.child.kill('SIGKILL');
  }

  private take(text: string): void {
    this.text += text.replaceAll('\r\n', '\n');
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      const block = this.text.slice(0, end);
      this.text = this.text.slice(end + 2);
      if (this.headers === '') this.headers = block;
      const match = /^event: (\w+)\ndata: (.*)$/.exec(block);
      if (match)
        this.events.push({
          type: match[1] ?? '',
          data: JSON.parse(match[2] ?? '') as SeenEvent['data'],
          seenAt: performance.now(),
        });
    }
  }
}
