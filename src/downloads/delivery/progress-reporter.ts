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

/** Thins the progress of one attempt out, to at most 4 reports a second. */
export class ProgressReporter {
  private readonly begunAt: number;
  private reportedAt: number;
  private reported = 0;
  private first = true;

  /** @param clock monotonic */
  constructor(
    private readonly tell: (report: ProgressReport) => void,
    private readonly clock: Clock,
  ) {
    this.begunAt = this.reportedAt = clock.now();
  }

  /** To be called for every chunk that the connection has taken. */
  advanced(sent: number): void {
    const now = this.clock.now();
    if (!this.first && now - this.reportedAt < REPORT_EVERY_MS) return;
    const since = this.first ? this.begunAt : this.reportedAt;
    const rate = Math.round(((sent - this.reported) * 1000) / Math.max(1, now - since));
    this.first = false;
    this.reportedAt = now;
    this.reported = sent;
    this.tell({ sent, rate });
  }
}
