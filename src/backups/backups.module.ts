import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { BackupOpenerService } from './backup-opener.service.js';
import { DigestsRepository } from './digests.repository.js';
import { DigestsService } from './digests.service.js';

/** Joins storage and crypto: stored files as backups that can be read. Needs `DATABASE` and `CLOCK` from global modules. */
@Module({})
export class BackupsModule {
  /** @param imports the app's `StorageModule` and `CryptoModule`, as they were set up */
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return {
      module: BackupsModule,
      imports,
      providers: [BackupOpenerService, DigestsRepository, DigestsService],
      exports: [BackupOpenerService, DigestsService],
    };
  }
}
