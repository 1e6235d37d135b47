import type { DownloadLimits } from './download-limits.js';

/** Where the kernel does not tell, so much may lie in its buffers and move on unseen. */
const UNSEEN_BYTES = 6 * 1024 * 1024;
const UNSEEN_IDLE_FACTOR = 10;

export type PaceLimits = Pick<DownloadLimits, 'minRateBytesPerS' | 'minRateGraceMs' | 'idleTimeoutMs'>;

/** What can be seen of one body at one moment. */
export interface ReaderState {
  /** Bytes that the kernel has taken, without those of a write under way. */
  readonly sent: number;
  /** Bytes of the write under way; the kernel may have a part of them already. */
  readonly pending: number;
  /** Bytes that the kernel holds and the client has not acknowledged; undefined: cannot be known here. */
  readonly unacknowledged: number | undefined;
  /** How long, in all, the client was what we waited for, in ms. Time in which we were the slow side is not in it. */
  readonly waitedMs: number;
}

/**
 * Judges one reader by what it acknowledges, because what the kernel takes says little: its buffer holds megabytes and
 * asks for more only when a third is free. The rate is a credit of time: waiting spends it, each byte earns what it may
 * take, and the grace is the most that can be saved.
 */
export class ReaderPace {
  private creditMs: number;
  private idleMs = 0;
  private acknowledged = 0;
  private last: ReaderState = { sent: 0, pending: 0, unacknowledged: 0, waitedMs: 0 };

  constructor(private readonly limits: PaceLimits) {
    this.creditMs = limits.minRateGraceMs;
  }

  /** Why the reader is to be dropped, if it is. To be asked again and again. */
  judge(state: ReaderState): 'idle' | 'too-slow' | undefined {
    const waited = state.waitedMs - this.last.waitedMs;
    const moved = state.sent !== this.last.sent || state.unacknowledged !== this.last.unacknowledged;
    this.idleMs = moved ? 0 : this.idleMs + waited;
    const acknowledged = Math.max(this.acknowledged, state.sent - (state.unacknowledged ?? 0));
    const earned = this.allowedMs(acknowledged - this.acknowledged);
    this.creditMs = Math.min(this.limits.minRateGraceMs, this.creditMs - waited + earned);
    this.acknowledged = acknowledged;
    this.last = state;

    // All is sent and acknowledged, or at least flushed: what is still awaited is the verdict.
    if (state.pending === 0 && (state.unacknowledged ?? 0) === 0) return undefined;
    const known = state.unacknowledged !== undefined;
    if (this.idleMs >= this.limits.idleTimeoutMs * (known ? 1 : UNSEEN_IDLE_FACTOR)) return 'idle';
    const unseen = state.pending + (known ? 0 : UNSEEN_BYTES);
    return this.creditMs + this.allowedMs(unseen) < 0 ? 'too-slow' : undefined;
  }

  private allowedMs(bytes: number): number {
    const { minRateBytesPerS } = this.limits;
    return minRateBytesPerS === 0 ? Infinity : (bytes * 1000) / minRateBytesPerS;
  }
}
