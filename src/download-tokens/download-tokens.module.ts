import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { CLOCK, systemClock, type Clock } from '../common/clock.js';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';
import { DatabaseTokenStore } from './database/store.js';
import { DownloadTokenStore } from './download-token-store.js';
import { DOWNLOAD_TOKENS_OPTIONS, type DownloadTokensOptions } from './download-tokens.options.js';
import { DownloadTokensService } from './download-tokens.service.js';
import { LinkSweeper } from './link-sweeper.js';
import { MemoryTokenStore } from './memory/store.js';

export interface DownloadTokensModuleAsyncOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: never[]) => DownloadTokensOptions | Promise<DownloadTokensOptions>;
}

/**
 * Download tokens for any Nest application. The host imports `ScheduleModule.forRoot()` for the sweep and, to hear of
 * it, `EventEmitterModule.forRoot()`; the database store also wants a global `DATABASE`.
 */
@Module({})
export class DownloadTokensModule {
  static forRootAsync(options: DownloadTokensModuleAsyncOptions): DynamicModule {
    return {
      module: DownloadTokensModule,
      imports: options.imports ?? [],
      providers: [
        {
          provide: DOWNLOAD_TOKENS_OPTIONS,
          inject: options.inject ?? [],
          useFactory: options.useFactory as () => DownloadTokensOptions,
        },
        {
          provide: DownloadTokenStore,
          inject: [
            DOWNLOAD_TOKENS_OPTIONS,
            { token: DATABASE, optional: true },
            { token: CLOCK, optional: true },
          ],
          useFactory: chooseStore,
        },
        DownloadTokensService,
        LinkSweeper,
      ],
      exports: [DownloadTokensService, DownloadTokenStore, DOWNLOAD_TOKENS_OPTIONS],
    };
  }
}

function chooseStore(
  { store }: DownloadTokensOptions,
  database?: Database,
  clock?: Clock,
): DownloadTokenStore {
  if (store === 'memory') return new MemoryTokenStore(clock);
  if (!database)
    throw new Error('The token store "database" needs a provider of DATABASE, in a global module');
  // The process's own clock is no choice of anybody's, so it does not displace PostgreSQL's.
  return new DatabaseTokenStore(database, clock === systemClock ? undefined : clock);
}
