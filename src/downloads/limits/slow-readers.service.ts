import { Inject, Injectable } from '@nestjs/common';
import type { Socket } from 'node:net';
import { DOWNLOADS_OPTIONS, type DownloadsOptions } from '../downloads.options.js';
import { TcpSendQueues } from '../delivery/tcp-send-queues.js';
import { ReaderPace } from './reader-pace.js';

const MAX_TICK_MS = 1_000;
/** How many looks fall into the shortest of the limits. */
const LOOKS = 10;

/** A body on its way, as far as its reader's pace is concerned. */
export interface PacedStream {
  readonly socket: Socket;
  /** As `ReaderState`. */
  readonly writer: { readonly sent: number; readonly pending: number; readonly waitedMs: number };
  cut(reason: string): void;
}

interface Watched extends PacedStream {
  readonly pace: ReaderPace;
  waitedMs: number;
}

/** Drops readers that are too slow or say nothing, so that nobody holds streams and links for ever. One timer for all. */
@Injectable()
export class SlowReadersService {
  private readonly streams = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private readonly tickMs: number;

  constructor(
    @Inject(DOWNLOADS_OPTIONS) private readonly options: Pick<DownloadsOptions, 'limits'>,
    private readonly queues: TcpSendQueues,
  ) {
    const { minRateGraceMs, idleTimeoutMs } = options.limits;
    this.tickMs = Math.min(MAX_TICK_MS, minRateGraceMs / LOOKS, idleTimeoutMs / LOOKS);
  }

  /** @returns what ends the watch */
  watch(stream: PacedStream): () => void {
    const { socket, writer } = stream;
    const cut = (reason: string) => {
      stream.cut(reason);
    };
    const watched: Watched = { socket, writer, cut, pace: new ReaderPace(this.options.limits), waitedMs: 0 };
    this.streams.add(watched);
    this.timer ??= setInterval(() => void this.look(), this.tickMs);
    return () => {
      this.streams.delete(watched);
      if (this.streams.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  /** The kernel is asked only while somebody keeps us waiting. */
  private async look(): Promise<void> {
    const waiting = [...this.streams].filter(
      ({ writer, waitedMs }) => writer.waitedMs - waitedMs >= this.tickMs / 2,
    );
    if (waiting.length === 0 || this.looking) return;
    this.looking = true;
    try {
      const snapshot = await this.queues.look();
      for (const stream of waiting)
        if (this.streams.has(stream)) this.judge(stream, snapshot.unacknowledged(stream.socket));
    } finally {
      this.looking = false;
    }
  }

  private judge(stream: Watched, seen: number | undefined): void {
    const { socket, writer, pace } = stream;
    // Missing where others are seen: it is closing, or fell between two parts of the table. The next look will tell.
    if (seen === undefined && this.queues.isCovered(socket)) return;
    const { sent, pending, waitedMs } = writer;
    stream.waitedMs = waitedMs;
    const reason = pace.judge({ sent, pending, unacknowledged: seen, waitedMs });
    if (reason) stream.cut(reason);
  }
}
