import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An HTTP client made of a bare socket, to end connections in every way that clients do. */
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
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.length += chunk.length;
      if (this.headLength < 0) {
        const end = this.all().indexOf('\r\n\r\n');
        if (end >= 0) this.headLength = end + 4;
      }
      this.wake();
    });
    const onEnd = () => {
      this.ended = true;
      this.wake();
    };
    socket.once('end', onEnd).once('close', onEnd).once('error', onEnd);
  }

  /** @param head what follows the request line's path: the version, and headers each ended by CR LF */
  static async request(url: string, head: string, { halfClose = false } = {}): Promise<RawClient> {
    const { hostname, port, pathname, search } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    await once(socket, 'connect');
    const client = new RawClient(socket, `GET ${pathname}${search} ${head}Host: ${hostname}\r\n\r\n`);
    socket.write(client.text);
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

  body(): Buffer {
    return this.all().subarray(this.headLength);
  }

  /** Ends our side as a program does that closes its socket after reading everything. */
  end(): void {
    this.socket.end();
    this.socket.destroySoon();
  }

  /** Ends as a killed program does with unread bytes. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
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
