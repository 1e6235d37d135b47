import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { ExplorerController } from './explorer.controller.js';
import { ExplorerService } from './explorer.service.js';
import { FileVerifierService } from './file-verifier.service.js';
import { VerifyFileController } from './verify-file.controller.js';

/** Lists storages as backups, and verifies them. */
@Module({})
export class ExplorerModule {
  /** @param imports the app's `StorageModule`, `CryptoModule` and `BackupsModule`, as they were set up */
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return {
      module: ExplorerModule,
      imports,
      controllers: [ExplorerController, VerifyFileController],
      providers: [ExplorerService, FileVerifierService],
      exports: [ExplorerService],
    };
  }
}
