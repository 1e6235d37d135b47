import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { overTls } from './raw-tls.js';

/**
 * An HTTP client made of a bare socket, to end connections in every way that clients do. For https: TLS over it, and
 * `reset` and `destroy` end the socket below, as happens to a client that is killed.
 */
export class RawClient {
  private received = Buffer.alloc(0);
  private chunks: Buffer[] = [];
  private length = 0;
  private headLength = -1;
  private ended = false;
  private wake: () => void = () => undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly text: string,
    /** What TCP knows; the same as `socket` without TLS. */
    private readonly below: Socket = socket,
  ) {
    const onEnd = () => {
      this.ended = true;
      this.wake();
    };
    socket.once('end', onEnd).once('close', onEnd).once('error', onEnd);
  }

  /**
   * @param head what follows the request line's path: the version, and headers each ended by CR LF
   * @param readSize how much one read takes at most: what was received ends so close to where reading stops
   */
  static async request(
    url: string,
    head: string,
    { halfClose = false, readSize = 64 * 1024 } = {},
  ): Promise<RawClient> {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    if (protocol === 'https:') return RawClient.requestOverTls(url, head, halfClose);
    const receiver: { client?: RawClient } = {};
    const onread = {
      buffer: Buffer.alloc(readSize),
      callback: (length: number, buffer: Uint8Array) => {
        receiver.client?.receive(Buffer.from(buffer.subarray(0, length)));
        return true;
      },
    };
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, onread });
    await once(socket, 'connect');
    const client = new RawClient(socket, `GET ${pathname}${search} ${head}Host: ${hostname}\r\n\r\n`);
    receiver.client = client;
    socket.write(client.text);
    // A socket that is still shutting down cannot be reset (libuv), so wait until the FIN is out.
    if (halfClose) await new Promise<void>((resolve) => socket.end(resolve));
    return client;
  }

  private static async requestOverTls(url: string, head: string, halfClose: boolean): Promise<RawClient> {
    const { hostname, port, pathname, search } = new URL(url);
    const below = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    below.on('error', () => undefined);
    await once(below, 'connect');
    const socket = await overTls(below);
    const text = `GET ${pathname}${search} ${head}Host: ${hostname}\r\n\r\n`;
    const client = new RawClient(socket, text, below);
    socket.on('data', (chunk: Buffer) => {
      client.receive(chunk);
    });
    socket.write(text);
    if (halfClose) socket.end();
    return client;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  sendAgain(): void {
    this.socket.write(this.text);
  }

  /** Reads until the body has at least so many bytes, then stops reading: the rest waits in the kernels. */
  async readBody(bytes: number): Promise<void> {
    await this.until(() => this.headLength >= 0 && this.length - this.headLength >= bytes);
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  async readToEnd(): Promise<void> {
    await this.until(() => this.ended);
  }

  async waitFor(text: string): Promise<void> {
    this.socket.resume();
    await this.until(() => this.all().includes(text));
  }

  /** Empty until the answer's head is complete. */
  body(): Buffer {
    return this.headLength < 0 ? Buffer.alloc(0) : this.all().subarray(this.headLength);
  }

  get hasHead(): boolean {
    return this.headLength >= 0;
  }

  /** Says that we send nothing more; the answer can still be read. */
  halfClose(): void {
    this.socket.end();
  }

  /** Ends our side as a program does that closes its socket after reading everything. */
  end(): void {
    this.socket.end();
    this.socket.destroySoon();
  }

  /** Ends as a killed program does with unread bytes. */
  reset(): void {
    this.below.resetAndDestroy();
  }

  /** As the system does for a program that ends: our FIN, or a reset if something was not read. */
  destroy(): void {
    this.below.destroy();
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.headLength < 0) {
      const end = this.all().indexOf('\r\n\r\n');
      if (end >= 0) this.headLength = end + 4;
    }
    this.wake();
  }

  private all(): Buffer {
    if (this.chunks.length > 0) {
      this.received = Buffer.concat([this.received, ...this.chunks]);
      this.chunks = [];
    }
    return this.received;
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.ended) throw new Error('The connection ended too early');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
