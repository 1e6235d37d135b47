import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { DOWNLOAD_TOKENS_OPTIONS, type DownloadTokensOptions } from './download-tokens.options.js';
import { DownloadTokensService } from './download-tokens.service.js';
import { CLEANUP_INTERVAL_MS } from './rules/index.js';

/** The sweep's name in the SchedulerRegistry. */
export const SWEEP_INTERVAL = 'download-tokens.sweep';

/** Runs the sweep in an interval, as long as the application lives. */
@Injectable()
export class LinkSweeper implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(LinkSweeper.name);

  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly scheduler: SchedulerRegistry,
    @Inject(DOWNLOAD_TOKENS_OPTIONS) private readonly options: DownloadTokensOptions,
  ) {}

  onModuleInit(): void {
    const interval = setInterval(
      () => void this.sweep(),
      this.options.cleanupIntervalMs ?? CLEANUP_INTERVAL_MS,
    );
    interval.unref();
    this.scheduler.addInterval(SWEEP_INTERVAL, interval);
  }

  onModuleDestroy(): void {
    if (this.scheduler.doesExist('interval', SWEEP_INTERVAL)) this.scheduler.deleteInterval(SWEEP_INTERVAL);
  }

  /** One sweep; a failure is told to the log and made up for by the next one. */
  async sweep(): Promise<void> {
    try {
      await this.tokens.cleanUp();
    } catch (error) {
      this.logger.error(`The sweep failed: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  }
}
