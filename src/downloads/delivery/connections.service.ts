import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { monotonicClock } from '../../common/clock.js';
import { DOWNLOADS_OPTIONS, type DownloadsOptions } from '../downloads.options.js';
import { ConnectionWatch } from './connection-watch.js';
import { TcpSendQueues } from './tcp-send-queues.js';

/** The watches of all connections, and what they need to hear of the server. */
@Injectable()
export class ConnectionsService implements OnApplicationBootstrap {
  private readonly watches = new WeakMap<Socket, ConnectionWatch>();
  private readonly attempts = new WeakMap<Socket, Promise<void>>();
  private keepAliveTimeoutMs = 5_000;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly queues: TcpSendQueues,
    @Inject(DOWNLOADS_OPTIONS) private readonly options: DownloadsOptions,
  ) {}

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server & { httpAllowHalfOpen?: boolean };
    // Clients such as `nc -N` end their side right behind the request and still read the answer.
    server.httpAllowHalfOpen = true;
    this.keepAliveTimeoutMs = server.keepAliveTimeout;
    server.prependListener('request', (request: IncomingMessage) => {
      this.watches.get(request.socket)?.sawNextRequest();
    });
  }

  /** @param over resolves when the attempt on this connection is over and written down */
  occupy(socket: Socket, over: Promise<void>): void {
    this.attempts.set(socket, over);
  }

  /** Resolves when an earlier attempt on this connection is over: a client that asks again already knows how it ended. */
  async settled(socket: Socket): Promise<void> {
    await this.attempts.get(socket);
  }

  /** To be called before the first byte of the answer. Undefined: the connection has ended already. */
  async watch(response: ServerResponse): Promise<ConnectionWatch | undefined> {
    const acknowledgementsKnown = response.socket !== null && (await this.queues.covers(response.socket));
    if (response.destroyed || !response.socket) return undefined;
    const watch = new ConnectionWatch(response, {
      queues: this.queues,
      acknowledgementsKnown,
      clock: monotonicClock,
      graceMs: this.options.deliveryGraceMs,
      keepAliveTimeoutMs: this.keepAliveTimeoutMs,
    });
    this.watches.set(response.socket, watch);
    return watch;
  }
}
