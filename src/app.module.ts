import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { ScheduleModule } from '@nestjs/schedule';
import { AccessModule } from './access/access.module.js';
import { BackupsModule } from './backups/backups.module.js';
import { APP_CONFIG, type AppConfig } from './config/app-config.js';
import { ConfigModule } from './config/config.module.js';
import { publicUrlOf, publicUrlWarning } from './config/public-url.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { DatabaseModule } from './database/database.module.js';
import { DemoModule } from './demo/demo.module.js';
import { DownloadTokensModule } from './download-tokens/download-tokens.module.js';
import { DownloadsModule } from './downloads/downloads.module.js';
import { ExplorerModule } from './explorer/explorer.module.js';
import { HealthModule } from './health/health.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { StorageModule } from './storage/storage.module.js';

const inject = [APP_CONFIG];

/** The table of contents of the service. Each part is told what it needs of the settings, and no more. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfig): DynamicModule {
    const tokens = DownloadTokensModule.forRootAsync({
      inject,
      useFactory: ({ tokenStore, tokenTtlMs, cleanupIntervalMs, transferWindowMs }: AppConfig) => ({
        store: tokenStore,
        tokenTtlMs,
        cleanupIntervalMs,
        transferWindowMs,
      }),
    });
    const storage = StorageModule.forRootAsync({
      inject,
      useFactory: ({ localStorageRoots, encryptionKey }: AppConfig) => ({
        localRoots: localStorageRoots,
        encryptionKey,
      }),
    });
    const crypto = CryptoModule.forRootAsync({
      inject,
      useFactory: ({ encryptionKey }: AppConfig) => ({ encryptionKey }),
    });
    const backups = BackupsModule.register({ imports: [storage, crypto] });
    const downloads = DownloadsModule.forRootAsync({
      imports: [tokens, crypto, backups],
      inject,
      useFactory: (settings: AppConfig) => ({
        publicUrl: publicUrlOf(settings),
        publicUrlWarning: publicUrlWarning(settings),
        encryptionKey: settings.encryptionKey,
        deliveryGraceMs: settings.deliveryGraceMs,
        drainMs: settings.drainMs,
        limits: settings.limits,
      }),
    });
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRootAsync({
          inject,
          useFactory: ({ databaseUrl, dataDir }: AppConfig) => ({
            url: databaseUrl,
            sqliteFile: join(dataDir, 'drawbridge.sqlite'),
          }),
        }),
        EventEmitterModule.forRoot(),
        ScheduleModule.forRoot(),
        AccessModule,
        downloads,
        ExplorerModule.register({ imports: [storage, crypto, backups] }),
        tokens,
        storage,
        crypto,
        DemoModule.register({ imports: [storage, crypto] }),
        HealthModule,
        MetricsModule,
      ],
    };
  }
}
