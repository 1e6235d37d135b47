import type { Clock } from '../../common/clock.js';

/** At most so often: often enough for the eye, too seldom to cost anything. */
export const REPORT_EVERY_MS = 250;

/** What is told of an attempt's course. */
export interface ProgressReport {
  /** Bytes of the body that the connection has taken. */
  readonly sent: number;
  /** Bytes a second since the report before. */
  readonly rate: number;
}

/** Thins the progress of one attempt out, to at most 4 reports a second and one at its end. */
export class ProgressReporter {
  private reportedAt: number;
  private reported = 0;
  private sent = 0;
  private first = true;
  private timer: NodeJS.Timeout | undefined;

  /** @param clock monotonic */
  constructor(
    private readonly tell: (report: ProgressReport) => void,
    private readonly clock: Clock,
  ) {
    this.reportedAt = clock.now();
  }

  /** To be called for every chunk that the connection has taken. */
  advanced(sent: number): void {
    this.sent = sent;
    if (this.timer !== undefined) return;
    const waitMs = this.first ? 0 : this.reportedAt + REPORT_EVERY_MS - this.clock.now();
    if (waitMs <= 0) this.report();
    else this.timer = setTimeout(this.report, waitMs).unref();
  }

  /** The body is over: what is untold yet is told now, and nothing after it. */
  finish(sent: number): void {
    clearTimeout(this.timer);
    this.sent = sent;
    if (this.sent > this.reported) this.report();
  }

  private readonly report = (): void => {
    this.timer = undefined;
    this.first = false;
    const now = this.clock.now();
    const rate = Math.round(((this.sent - this.reported) * 1000) / Math.max(1, now - this.reportedAt));
    this.reportedAt = now;
    this.reported = this.sent;
    this.tell({ sent: this.sent, rate });
  };
}
