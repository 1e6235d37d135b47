import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { BackupOpenerService } from '../../backups/backup-opener.service.js';
import { DigestsService } from '../../backups/digests.service.js';
import { AuthenticityError } from '../../common/authenticity-error.js';
import { describeError } from '../../common/describe-error.js';
import { ProblemError } from '../../common/problem.js';
import type { DownloadLink } from '../../download-tokens/download-link.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { isFinal } from '../../download-tokens/rules/index.js';
import { isStorageError } from '../../storage/storage-error.js';
import { LinkEndingService } from '../links/link-ending.service.js';
import { VerificationRecords } from './verification-records.js';
import { secondsToWait, verificationRunning } from './verification-running.js';

/** A running job keeps its link from expiring so often within one TTL, and at least once a minute. */
const RENEWALS_A_TTL = 3;
const MAX_RENEWAL_MS = 60_000;

/** The content is no longer the one that the link was made for. */
class ContentChangedError extends Error {}

/**
 * `verify: "first"`: reads all of a link's content once before the link grants its first claim. The job starts at mint;
 * one that broke off (a restart, a storage that does not answer) starts again when the link is asked for, or at the next
 * start of the service. Nobody else verifying, the link expires by its TTL.
 */
@Injectable()
export class VerificationService implements OnApplicationBootstrap {
  private readonly logger = new Logger(VerificationService.name);
  private readonly jobs = new Map<string, Promise<void>>();

  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly opener: BackupOpenerService,
    private readonly digests: DigestsService,
    private readonly ending: LinkEndingService,
    private readonly records: VerificationRecords,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const id of await this.records.waiting()) {
      const found = await this.tokens.describe(id);
      if (found && !isFinal(found.state)) this.ensure(found.link);
    }
  }

  /** Starts the job of a link that waits for it, unless it runs here already. */
  ensure(link: DownloadLink): void {
    if (link.verification?.state !== 'running' || this.jobs.has(link.id)) return;
    const job = this.run(link).finally(() => this.jobs.delete(link.id));
    this.jobs.set(link.id, job);
  }

  /** What a client is told meanwhile. */
  refusal(link: DownloadLink): ProblemError {
    this.ensure(link);
    return verificationRunning(this.digests.remainingMs(link));
  }

  /** In how many seconds a page that waits for it should look again; undefined: it does not wait. */
  reloadAfter(link: DownloadLink): number | undefined {
    if (link.verification?.state !== 'running') return undefined;
    this.ensure(link);
    return secondsToWait(this.digests.remainingMs(link));
  }

  /** Never rejects. */
  private async run(link: DownloadLink): Promise<void> {
    const ttlMs = link.verification?.ttlMs ?? 0;
    const timer = setInterval(
      () => void this.postpone(link),
      Math.min(ttlMs / RENEWALS_A_TTL, MAX_RENEWAL_MS),
    );
    timer.unref();
    try {
      const { source } = await this.opener.open(link.storageId, link.file, link);
      if (source.version !== link.version || source.size !== link.size) throw new ContentChangedError();
      await this.digests.compute(link, source);
      const passed = await this.tokens.markVerified(link.id);
      if (passed) await this.records.passed(passed);
    } catch (error) {
      await this.failed(link, error).catch((failure: unknown) => {
        this.logger.error(`The end of a verification was not written down: ${describeError(failure)}`);
      });
    } finally {
      clearInterval(timer);
    }
  }

  private async postpone(link: DownloadLink): Promise<void> {
    try {
      const snapshot = await this.tokens.postponeStart(link.id);
      if (snapshot) await this.records.postponed(snapshot);
    } catch (error) {
      this.logger.warn(`The start of a link was not postponed: ${describeError(error)}`);
    }
  }

  private async failed(link: DownloadLink, error: unknown): Promise<void> {
    const reason = endReasonOf(error);
    if (reason === undefined) {
      if (error instanceof ProblemError && error.logLevel === 'debug') return;
      this.logger.warn(`The verification of link ${link.id} broke off: ${describeError(error)}`);
      return;
    }
    await this.records.failed(link.id);
    await this.ending.revoke(link.id, reason);
  }
}

/** Why the link ends; undefined: the verification may be tried again. */
function endReasonOf(error: unknown): 'damaged' | 'changed' | undefined {
  if (error instanceof AuthenticityError) return 'damaged';
  return error instanceof ContentChangedError || isStorageError(error, 'changed', 'not-found')
    ? 'changed'
    : undefined;
}
