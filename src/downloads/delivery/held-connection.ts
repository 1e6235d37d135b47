import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps Node from closing a connection before the verdict on its body. Node ends or destroys the socket at the flush
 * for `Connection: close`, HTTP/1.0 and half-closed clients, and a socket that is gone tells nothing. Both public ways
 * to do so, `end()` and `destroySoon()`, are only noted while the connection is held; `release` carries them out.
 */
export class HeldConnection {
  readonly socket: Socket;
  /** Somebody wanted the connection closed after this response. */
  closeWanted = false;
  private held = true;
  private readonly endNow: () => void;

  constructor(private readonly response: ServerResponse) {
    const { socket } = response;
    if (!socket) throw new Error('The response has no connection');
    this.socket = socket;
    this.endNow = socket.end.bind(socket);
    socket.destroySoon = () => {
      this.closeWanted = true;
    };
    socket.end = () => {
      this.closeWanted = true;
      return socket;
    };
    // A timer is never a verdict: Node's keep-alive timeout would end a silent connection.
    response.once('finish', () => {
      if (this.held) socket.setTimeout(0);
    });
  }

  /** Sends our FIN and keeps reading: the stage between "all acknowledged" and "closed" (RFC 9112 section 9.6). */
  halfClose(): void {
    if (this.socket.writable) this.endNow();
  }

  /** Gives the connection back to Node: closed if that was wanted, else open for the next request. */
  release(keepAliveTimeoutMs: number): void {
    if (!this.held) return;
    this.held = false;
    Reflect.deleteProperty(this.socket, 'end');
    Reflect.deleteProperty(this.socket, 'destroySoon');
    if (this.socket.destroyed) return;
    if (this.closeWanted) this.socket.destroySoon();
    else if (this.response.writableFinished) this.socket.setTimeout(keepAliveTimeoutMs);
  }
}
