import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { parseRange } from '../../src/common/byte-ranges.js';

/** What happens to one request; each is used up in turn, then the file is served as it should be. */
export type Fault =
  | { readonly status: number; readonly location?: string }
  /** The whole length is promised, the connection ends after so many bytes. */
  | { readonly cutAfter: number }
  | { readonly ignoreRange: true }
  /** Runs before the answer. */
  | { readonly before: () => Promise<void> | void };

/** A link as the commands see it, and what they asked for. */
export interface ScriptedLink {
  readonly token: string;
  readonly url: string;
  readonly content: Buffer;
  readonly faults: Fault[];
  /** The Range of each request, `-` for none. */
  readonly ranges: string[];
  /** What was posted to confirm it. */
  readonly confirmations: unknown[];
  /** Problem codes that confirmations meet, each used up in turn; then the right one is 200, and another a mismatch. */
  readonly confirmFaults: string[];
}

/** A real HTTP server on the loopback that serves files by token, and fails on request. */
export class ScriptedServer {
  readonly #links = new Map<string, ScriptedLink>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ScriptedServer> {
    const self = new ScriptedServer();
    await new Promise<void>((resolve) => self.#server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/storage/public-download`;
  }

  /** @param repeated what all requests after the faults meet, instead of the file */
  link(content: Buffer, faults: Fault[] = [], repeated?: Fault): ScriptedLink {
    const token = `token-${this.#links.size}`;
    const link = {
      token,
      url: `${this.endpoint}?token=${token}`,
      content,
      faults: [...faults],
      ...nothingYet(),
    };
    if (repeated) link.faults.push(...Array<Fault>(1000).fill(repeated));
    this.#links.set(token, link);
    return link;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const link = this.#links.get(url.searchParams.get('token') ?? bearer ?? '');
    if (!link) {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('{"error":"no such link"}');
      return;
    }
    if (url.pathname.endsWith('/confirm')) {
      await confirm(link, request, response);
      return;
    }
    link.ranges.push(request.headers.range ?? '-');
    const fault = link.faults.shift();
    if (fault && 'before' in fault) await fault.before();
    if (fault && 'status' in fault) {
      const headers = fault.location === undefined ? {} : { Location: fault.location };
      response.writeHead(fault.status, headers).end('{"error":"not the file"}');
      return;
    }
    this.#serve(request, response, link.content, fault);
  }

  #serve(
    request: IncomingMessage,
    response: ServerResponse,
    content: Buffer,
    fault: Fault | undefined,
  ): void {
    const header = fault && 'ignoreRange' in fault ? undefined : request.headers.range;
    const asked = parseRange(header, content.length);
    if (asked.kind === 'unsatisfiable') {
      response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end('{"error":"range"}');
      return;
    }
    const { start, end } = asked.kind === 'part' ? asked.range : { start: 0, end: content.length };
    const body = content.subarray(start, end);
    response.writeHead(asked.kind === 'part' ? 206 : 200, {
      'Content-Length': body.length,
      ...(asked.kind === 'part' && { 'Content-Range': `bytes ${start}-${end - 1}/${content.length}` }),
    });
    if (fault && 'cutAfter' in fault)
      response.write(body.subarray(0, fault.cutAfter), () => response.socket?.destroy());
    else response.end(body);
  }
}

const nothingYet = () => ({ ranges: [], confirmations: [], confirmFaults: [] });

async function confirm(
  link: ScriptedLink,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const isJson = request.method === 'POST' && request.headers['content-type'] === 'application/json';
  const body = isJson ? (JSON.parse(Buffer.concat(chunks).toString()) as unknown) : undefined;
  link.confirmations.push(body);
  const sha256 = createHash('sha256').update(link.content).digest('hex');
  const code =
    link.confirmFaults.shift() ?? (isDeepStrictEqual(body, { sha256 }) ? undefined : 'digest-mismatch');
  if (code === undefined) response.end('{"success":true,"state":"used"}');
  else response.writeHead(409, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify({ code }));
}
