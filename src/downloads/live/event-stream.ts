import type { ServerResponse } from 'node:http';
import type { LiveEvent } from './live-event.js';

export const HEARTBEAT_MS = 15_000;
/** A watcher that takes nothing for so many heartbeats is gone, or as good as that. */
const MAX_MISSED = 4;

const COMMENT = ':\n\n';

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // nginx would hold events back.
  'X-Accel-Buffering': 'no',
} as const;

export interface EventStreamOptions {
  /** The watcher can take more again. */
  readonly onDrain: () => void;
  /** Called once, whoever ended it. */
  readonly onClose: () => void;
  readonly heartbeatMs?: number;
}

/** One answer of server-sent events (WHATWG HTML section 9.2), kept alive by comments. */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;
  private missed = 0;
  private open = true;

  constructor(
    private readonly response: ServerResponse,
    private readonly options: EventStreamOptions,
  ) {
    response.writeHead(200, HEADERS);
    // Some clients and proxies pass the headers on with the first bytes of the body only.
    response.write(COMMENT);
    this.heartbeat = setInterval(() => {
      this.beat();
    }, options.heartbeatMs ?? HEARTBEAT_MS);
    this.heartbeat.unref();
    response.on('drain', options.onDrain);
    response.once('close', this.close);
    // Our server keeps half-open connections, for downloads. A watcher that ends its side has left.
    response.socket?.once('end', this.leave);
  }

  /** False: the watcher can take no more until it has drained. */
  send({ type, data }: LiveEvent): boolean {
    return this.open && this.response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Ends the answer as one that is complete. */
  end(): void {
    this.close();
    this.response.end();
  }

  private readonly leave = (): void => {
    this.end();
  };

  private readonly close = (): void => {
    if (!this.open) return;
    this.open = false;
    clearInterval(this.heartbeat);
    this.response.off('drain', this.options.onDrain);
    this.response.socket?.off('end', this.leave);
    this.options.onClose();
  };

  private beat(): void {
    if (!this.response.writableNeedDrain) {
      this.missed = 0;
      this.response.write(COMMENT);
      return;
    }
    this.missed += 1;
    if (this.missed >= MAX_MISSED) this.response.destroy();
  }
}
