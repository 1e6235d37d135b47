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
  private readonly queues = new TcpSendQueues();
  private readonly watches = new WeakMap<Socket, ConnectionWatch>();
  private keepAliveTimeoutMs = 5_000;

  constructor(
    private readonly host: HttpAdapterHost,
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

  /** Resolves when an earlier body on this connection has its verdict: the client asks again because it has it. */
  async settled(socket: Socket): Promise<void> {
    await this.watches.get(socket)?.verdict;
  }

  watch(response: ServerResponse): ConnectionWatch {
    const watch = new ConnectionWatch(response, {
      queues: this.queues,
      clock: monotonicClock,
      graceMs: this.options.deliveryGraceMs,
      keepAliveTimeoutMs: this.keepAliveTimeoutMs,
    });
    if (response.socket) this.watches.set(response.socket, watch);
    return watch;
  }
}
