import { Injectable } from '@nestjs/common';
import { DigestsService } from '../../backups/digests.service.js';
import { ProblemError } from '../../common/problem.js';
import type { DownloadLink } from '../../download-tokens/download-link.js';
import { RedemptionService } from '../redeeming/redemption.service.js';
import { digestFailed, digestPending } from './confirm-refusals.js';

/** How long a client waits for a pass, before it is told to come back. */
const PATIENCE_MS = 1_000;
/** Passes that failed with nobody waiting: so many are kept for those who come back. */
const MAX_FAILURES = 100;

/** The SHA-256 of what a link delivers: remembered, or from one background pass that outlives the request. */
@Injectable()
export class LinkDigestService {
  private readonly failures = new Map<string, unknown>();

  constructor(
    private readonly digests: DigestsService,
    private readonly redemption: RedemptionService,
  ) {}

  /**
   * @returns lower-case hex
   * @throws ProblemError 409 `digest-pending`, 500 `digest-failed`, and what opening the file may end with
   */
  async of(link: DownloadLink): Promise<string> {
    const known = await this.digests.find(link);
    if (known !== undefined) return known;
    this.throwFailure(link.id);
    const { source } = await this.redemption.open(link);
    const outcome = await this.within(link.id, this.digests.compute(link, source, true));
    this.throwFailure(link.id);
    if (outcome === undefined) throw digestPending(this.digests.remainingMs(link));
    return outcome;
  }

  /** What the pass finds, undefined when that takes too long or fails. A failure waits for who asks next. */
  private async within(linkId: string, pass: Promise<string>): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, undefined);
    });
    const kept = pass.catch((error: unknown) => {
      this.failures.set(linkId, error);
      for (const oldest of this.failures.keys())
        if (this.failures.size > MAX_FAILURES) this.failures.delete(oldest);
      return undefined;
    });
    try {
      return await Promise.race([kept, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private throwFailure(linkId: string): void {
    if (!this.failures.has(linkId)) return;
    const cause = this.failures.get(linkId);
    this.failures.delete(linkId);
    throw cause instanceof ProblemError ? cause : digestFailed(cause);
  }
}
