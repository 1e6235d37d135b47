import type { AttemptVerdict } from '../../download-tokens/claim.js';
import type { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { LEASE_RENEWAL_MS, OWNERSHIP_BYTES } from '../../download-tokens/rules/index.js';

const FATAL: ReadonlySet<AttemptVerdict['state']> = new Set(['expired', 'revoked', 'exhausted']);

/**
 * Keeps the lease of one running attempt: renewed every 5 s, and once when the attempt has sent enough to own the link.
 * A store that does not answer stops no stream; a link that has ended does.
 */
export class LeaseKeeper {
  private readonly timer: NodeJS.Timeout;
  private reported = 0;
  private owned = false;
  private running: Promise<void> = Promise.resolve();

  /**
   * @param sent bytes handed to the connection so far
   * @param onEnded the link is over: the stream must be cut
   */
  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly token: string,
    private readonly attemptId: string,
    private readonly sent: () => number,
    private readonly onEnded: (state: string) => void,
  ) {
    this.timer = setInterval(() => {
      this.report();
    }, LEASE_RENEWAL_MS);
  }

  /** To be called as bytes go out. */
  advanced(): void {
    if (this.owned || this.sent() < OWNERSHIP_BYTES) return;
    this.owned = true;
    this.report();
  }

  /** Reports how far the attempt is without waiting for the time to do so. */
  async reportNow(): Promise<void> {
    this.report();
    await this.running;
  }

  /** No report follows, and none is under way, once this resolves. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private report(): void {
    this.running = this.running.then(() => this.renew()).catch(() => undefined);
  }

  private async renew(): Promise<void> {
    const sent = this.sent();
    const { state } = await this.tokens.renewLease(this.token, this.attemptId, {
      sent,
      advanced: sent > this.reported,
    });
    this.reported = sent;
    if (FATAL.has(state)) this.onEnded(state);
  }
}
