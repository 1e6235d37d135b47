import { mergeRanges } from '../../common/byte-ranges.js';
import type { ByteRange } from '../../common/byte-range.js';
import type { AttemptProgressEvent } from '../../common/events.js';

interface Running {
  readonly transferId: string;
  readonly stretch: ByteRange;
  readonly rate: number;
}

/** How far a link's downloads are, put together from what its attempts report, side by side or one after another. */
export class LinkCourse {
  private readonly running = new Map<string, Running>();
  private transferId = '';
  private sent: readonly ByteRange[] = [];
  client: string | null = null;

  /** Bytes of the file that the transfer which moved last was sent; none counts twice. */
  get bytes(): number {
    return this.sent.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** Bytes a second of all attempts of that transfer. */
  get rate(): number {
    const own = [...this.running.values()].filter(({ transferId }) => transferId === this.transferId);
    return own.reduce((sum, { rate }) => sum + rate, 0);
  }

  progressed({ attemptId, transferId, client, earlier, start, sent, rate }: AttemptProgressEvent): void {
    const known = transferId === this.transferId ? this.sent : this.stretchesOf(transferId);
    const stretch = { start, end: start + sent };
    this.running.set(attemptId, { transferId, stretch, rate });
    this.transferId = transferId;
    this.client = client;
    this.sent = mergeRanges([...known, ...earlier, stretch]);
  }

  ended(attemptId: string, bytesSent: number): void {
    const attempt = this.running.get(attemptId);
    this.running.delete(attemptId);
    if (attempt?.transferId !== this.transferId) return;
    const { start } = attempt.stretch;
    this.sent = mergeRanges([...this.sent, { start, end: start + bytesSent }]);
  }

  private stretchesOf(transferId: string): ByteRange[] {
    return [...this.running.values()].flatMap((one) => (one.transferId === transferId ? one.stretch : []));
  }
}
