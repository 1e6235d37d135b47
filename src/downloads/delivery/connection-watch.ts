import type { ServerResponse } from 'node:http';
import type { Clock } from '../../common/clock.js';
import { HeldConnection } from './held-connection.js';
import type { SendQueueSnapshot, TcpSendQueues } from './tcp-send-queues.js';
import { judge, type ConnectionFacts, type Verdict } from './verdict.js';

/** Without the kernel's table up to this much may wait unseen in its buffers, on both ends. */
const UNSEEN_BYTES = 2 * 6 * 1024 * 1024;

export interface ConnectionWatchOptions {
  readonly queues: TcpSendQueues;
  /** Monotonic milliseconds. */
  readonly clock: Clock;
  /** DELIVERY_GRACE_MS. */
  readonly graceMs: number;
  readonly keepAliveTimeoutMs: number;
}

/**
 * Watches one connection from before the first byte of a body until it is known whether the client has it. "Handed to
 * the kernel" (`finish`) is not "delivered": what the connection does afterwards decides (`judge`).
 */
export class ConnectionWatch {
  private readonly connection: HeldConnection;
  private readonly startedAt: number;
  private readonly bytesBefore: number;
  private flushedAt: number | undefined;
  private acknowledgedAt: number | undefined;
  private peerEnded: ConnectionFacts['peerEnded'] = 'no';
  private nextRequest = false;
  private closed: ConnectionFacts['closed'] = 'no';
  private seenInTable = false;
  private halfClosed = false;
  private settle: (verdict: Verdict) => void = () => undefined;
  private stopListening: () => void = () => undefined;
  /** Settles once; never rejects. */
  readonly verdict: Promise<Verdict>;

  constructor(
    private readonly response: ServerResponse,
    private readonly options: ConnectionWatchOptions,
  ) {
    this.startedAt = options.clock.now();
    this.connection = new HeldConnection(response);
    this.verdict = new Promise((resolve) => {
      this.settle = resolve;
    });
    const { socket } = this.connection;
    this.bytesBefore = socket.bytesWritten;
    if (socket.readableEnded) this.peerEnded = 'before-flush';
    socket.once('end', this.onPeerEnd);
    socket.once('close', this.onClose);
    response.once('finish', this.onFlush);
    if (socket.destroyed) this.onClose(socket.errored !== null);
  }

  /** The peer sent another request on this connection: it has read this body, if it was flushed. */
  sawNextRequest(): void {
    if (this.flushedAt === undefined) return;
    this.nextRequest = true;
    this.lookNow();
  }

  /** Ends the connection visibly broken; the verdict is "not delivered". */
  cut(): void {
    this.connection.socket.destroy();
  }

  private readonly onPeerEnd = (): void => {
    this.peerEnded = this.flushedAt === undefined ? 'before-flush' : 'after-flush';
    this.lookNow();
  };

  private readonly onClose = (hadError: boolean): void => {
    this.closed = hadError || this.flushedAt === undefined ? 'error' : 'clean';
    this.decide();
  };

  private readonly onFlush = (): void => {
    this.flushedAt = this.options.clock.now();
    this.stopListening = this.options.queues.listen(this.onSnapshot);
    this.lookNow();
  };

  private lookNow(): void {
    if (this.flushedAt !== undefined) void this.options.queues.look().then(this.onSnapshot);
  }

  private readonly onSnapshot = (snapshot: SendQueueSnapshot): void => {
    this.onQueue(snapshot.available ? snapshot.unacknowledged(this.connection.socket) : undefined);
  };

  private onQueue(unacknowledged: number | undefined): void {
    if (unacknowledged === undefined) {
      // Missing from the first look on: not to be known here. Missing later: the connection is gone, its end follows.
      if (this.seenInTable) return;
    } else {
      this.seenInTable = true;
      // Our own FIN counts as a byte until it is acknowledged, so what was once complete stays so.
      if (unacknowledged === 0) this.acknowledgedAt ??= this.options.clock.now();
    }
    if (!this.seenInTable || this.acknowledgedAt !== undefined) this.halfCloseIfWanted();
    this.decide();
  }

  /** Clients that read to the end of the connection wait for our FIN; later than the last byte, earlier than the close. */
  private halfCloseIfWanted(): void {
    if (!this.connection.closeWanted || this.halfClosed) return;
    this.halfClosed = true;
    this.connection.halfClose();
  }

  private decide(): void {
    const verdict = judge(this.facts());
    if (!verdict) return;
    const { socket } = this.connection;
    socket.off('end', this.onPeerEnd);
    socket.off('close', this.onClose);
    this.response.off('finish', this.onFlush);
    this.stopListening();
    this.connection.release(this.options.keepAliveTimeoutMs);
    this.settle(verdict);
  }

  private facts(): ConnectionFacts {
    const now = this.options.clock.now();
    const quietSince = this.seenInTable ? this.acknowledgedAt : this.flushedAt;
    return {
      acknowledged:
        this.flushedAt === undefined
          ? false
          : this.seenInTable
            ? this.acknowledgedAt !== undefined
            : undefined,
      peerEnded: this.peerEnded,
      nextRequest: this.nextRequest,
      closed: this.closed,
      silentFor: quietSince === undefined ? 0 : now - quietSince,
      grace: this.seenInTable ? this.options.graceMs : Math.max(this.options.graceMs, this.unseenMs()),
    };
  }

  /** How long twice the most that may wait unseen takes at the rate seen so far. */
  private unseenMs(): number {
    const elapsed = Math.max(1, (this.flushedAt ?? this.startedAt) - this.startedAt);
    const written = Math.max(1, this.connection.socket.bytesWritten - this.bytesBefore);
    return Math.min(UNSEEN_BYTES, 2 * written) / (written / elapsed);
  }
}
