import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { monotonicClock } from '../common/clock.js';
import { ConfirmController } from './confirming/confirm.controller.js';
import { ConfirmService } from './confirming/confirm.service.js';
import { LinkDigestService } from './confirming/link-digest.service.js';
import { AttemptLedger } from './delivery/attempt-ledger.js';
import { BodyTaps } from './delivery/body-taps.js';
import { ConnectionsService } from './delivery/connections.service.js';
import { DeliveryService } from './delivery/delivery.service.js';
import { RunningAttempts } from './delivery/running-attempts.js';
import { TcpSendQueues } from './delivery/tcp-send-queues.js';
import { DOWNLOADS_OPTIONS, type DownloadsOptions } from './downloads.options.js';
import { BadTokenBudget } from './limits/bad-token-budget.js';
import { LinkCapService } from './limits/link-cap.service.js';
import { SlowReadersService } from './limits/slow-readers.service.js';
import { StreamSlots } from './limits/stream-slots.js';
import { LinkEndingService } from './links/link-ending.service.js';
import { LinkRecordsService } from './links/link-records.service.js';
import { LiveController } from './live/live.controller.js';
import { LiveFeedService } from './live/live-feed.service.js';
import { LiveStreamsService } from './live/live-streams.service.js';
import { LinksController } from './links/links.controller.js';
import { LinksService } from './links/links.service.js';
import { MintController } from './minting/mint.controller.js';
import { MintService } from './minting/mint.service.js';
import { EvidenceNotes } from './proof/evidence-notes.js';
import { ProofService } from './proof/proof.service.js';
import { ReceiptsController } from './receipts/receipts.controller.js';
import { PublicDownloadController } from './redeeming/public-download.controller.js';
import { RedemptionService } from './redeeming/redemption.service.js';
import { VerificationRecords } from './verification/verification-records.js';
import { VerificationService } from './verification/verification.service.js';

export interface DownloadsModuleAsyncOptions {
  /** Modules that export BackupOpenerService, DigestsService, BackupFormatsService and DownloadTokensService. */
  readonly imports: NonNullable<DynamicModule['imports']>;
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: never[]) => DownloadsOptions | Promise<DownloadsOptions>;
}

/** Joins tokens, storages and crypto: mints links, delivers their files, keeps the record. */
@Module({})
export class DownloadsModule {
  static forRootAsync(options: DownloadsModuleAsyncOptions): DynamicModule {
    return {
      module: DownloadsModule,
      imports: options.imports,
      // The public endpoint first: `/api/storage/:id` routes of others must not catch it.
      controllers: [
        PublicDownloadController,
        ConfirmController,
        MintController,
        // Before the links: `/api/downloads/events` is none of their ids.
        LiveController,
        LinksController,
        ReceiptsController,
      ],
      providers: [
        {
          provide: DOWNLOADS_OPTIONS,
          inject: options.inject ?? [],
          useFactory: options.useFactory as () => DownloadsOptions,
        },
        {
          provide: StreamSlots,
          inject: [DOWNLOADS_OPTIONS],
          useFactory: ({ limits }: DownloadsOptions) => new StreamSlots(limits.maxStreams),
        },
        {
          provide: BadTokenBudget,
          inject: [DOWNLOADS_OPTIONS],
          useFactory: ({ limits }: DownloadsOptions) =>
            new BadTokenBudget(limits.badTokensPerMinute, monotonicClock),
        },
        LinkCapService,
        SlowReadersService,
        TcpSendQueues,
        MintService,
        RedemptionService,
        DeliveryService,
        ConnectionsService,
        BodyTaps,
        RunningAttempts,
        AttemptLedger,
        LinkRecordsService,
        LinkEndingService,
        LinksService,
        LiveFeedService,
        LiveStreamsService,
        EvidenceNotes,
        ConfirmService,
        LinkDigestService,
        ProofService,
        VerificationRecords,
        VerificationService,
      ],
      exports: [MintService, LinksService],
    };
  }
}
