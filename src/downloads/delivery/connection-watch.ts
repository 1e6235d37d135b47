import type { ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../../common/clock.js';
import { HeldConnection } from './held-connection.js';
import type { Endpoint, SendQueueSnapshot, TcpSendQueues } from './tcp-send-queues.js';
import { judge, type ConnectionFacts, type Verdict } from './verdict.js';

/** Without the kernel's table up to this much may wait unseen in its buffers, on both ends. */
const UNSEEN_BYTES = 2 * 6 * 1024 * 1024;
/** The kernel prints its table in parts, so that one look may miss a connection that is there. */
const GONE_AFTER_LOOKS = 2;
/** How long a FIN may come after the close_notify before it, so that ours does not meet a closed connection. */
const GOODBYE_MS = 1_000;

export interface ConnectionWatchOptions {
  readonly queues: TcpSendQueues;
  /** `TcpSendQueues.covers` of this connection. */
  readonly acknowledgementsKnown: boolean;
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
  /** Kept, because a closed socket knows it no more. */
  private readonly endpoint: Endpoint;
  private readonly startedAt: number;
  private readonly bytesBefore: number;
  private flushedAt: number | undefined;
  /** The connection's count of bytes at the flush. */
  private flushedBytes = 0;
  private acknowledgedAt: number | undefined;
  private peerEnded: ConnectionFacts['peerEnded'] = 'no';
  /** When the peer ended TLS (close_notify); what it does to TCP is not known yet. */
  private goodbyeAt: number | undefined;
  private nextRequest = false;
  private closed: ConnectionFacts['closed'] = 'no';
  private missing = 0;
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
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    this.endpoint = { localAddress, localPort, remoteAddress, remotePort };
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
    if (this.flushedAt === undefined) this.peerEnded = 'before-flush';
    else if (this.isTls && this.options.acknowledgementsKnown) this.goodbyeAt = this.options.clock.now();
    else this.peerEnded = 'after-flush';
    this.lookNow();
  };

  private readonly onClose = (hadError: boolean): void => {
    // Node has closed what both sides ended; whether the other one did so by a FIN, the table still knows.
    if (!hadError && this.goodbyeAt !== undefined && this.peerEnded === 'no') {
      this.lookNow();
      return;
    }
    this.closed = hadError || this.flushedAt === undefined ? 'error' : 'clean';
    this.decide();
  };

  private readonly onFlush = (): void => {
    this.flushedAt = this.options.clock.now();
    this.flushedBytes = this.connection.socket.bytesWritten;
    this.stopListening = this.options.queues.listen(this.onSnapshot);
    this.lookNow();
  };

  private lookNow(): void {
    if (this.flushedAt !== undefined) void this.options.queues.look().then(this.onSnapshot);
  }

  private readonly onSnapshot = (snapshot: SendQueueSnapshot): void => {
    if (this.options.acknowledgementsKnown) this.onQueue(snapshot.unacknowledged(this.endpoint));
    // A client that throws away what it has not read says goodbye too (close_notify) and then resets.
    if (this.goodbyeAt !== undefined && snapshot.peerEnded(this.endpoint)) this.peerEnded = 'after-flush';
    if (!this.options.acknowledgementsKnown || this.acknowledgedAt !== undefined) this.halfCloseIfWanted();
    this.decide();
  };

  /** Bytes of later answers: a client that goes on asking never has nothing on its way. */
  private writtenSinceFlush(): number {
    const { bytesWritten, writableLength } = this.connection.socket;
    return Math.max(0, bytesWritten - writableLength - this.flushedBytes);
  }

  private get isTls(): boolean {
    return this.connection.socket instanceof TLSSocket;
  }

  private onQueue(unacknowledged: number | undefined): void {
    // Node stops reading at the peer's FIN and so never hears of a reset that follows; the table does.
    if (unacknowledged === undefined) this.missing += 1;
    else this.missing = 0;
    if (this.missing >= GONE_AFTER_LOOKS) this.closed = 'error';
    // Our own FIN counts as a byte until it is acknowledged, so what was once complete stays so.
    if (unacknowledged !== undefined && unacknowledged <= this.writtenSinceFlush())
      this.acknowledgedAt ??= this.options.clock.now();
  }

  /**
   * Clients that read to the end of the connection wait for our FIN; it goes out later than the last byte, earlier than
   * the close. Not to one that ended its own side before the body: with both FINs the connection is gone, and with it
   * the reset that would tell of its death. It gets our FIN with the verdict.
   */
  private halfCloseIfWanted(): void {
    if (!this.connection.closeWanted || this.halfClosed || this.peerEnded !== 'no') return;
    // Its FIN is on its way, and whatever we send to one that has closed is answered by a reset; unless it waits for
    // our goodbye before it closes.
    if (this.goodbyeAt !== undefined && this.options.clock.now() - this.goodbyeAt < GOODBYE_MS) return;
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
    const known = this.options.acknowledgementsKnown;
    const quietSince = known ? this.acknowledgedAt : this.flushedAt;
    return {
      acknowledged: known
        ? this.acknowledgedAt !== undefined
        : this.flushedAt === undefined
          ? false
          : undefined,
      peerEnded: this.peerEnded,
      nextRequest: this.nextRequest,
      closed: this.closed,
      silentFor: quietSince === undefined ? 0 : this.options.clock.now() - quietSince,
      grace: known ? this.options.graceMs : Math.max(this.options.graceMs, this.unseenMs()),
    };
  }

  /** How long twice the most that may wait unseen takes at the rate seen so far. */
  private unseenMs(): number {
    const elapsed = Math.max(1, (this.flushedAt ?? this.startedAt) - this.startedAt);
    const written = Math.max(1, this.connection.socket.bytesWritten - this.bytesBefore);
    return Math.min(UNSEEN_BYTES, 2 * written) / (written / elapsed);
  }
}
