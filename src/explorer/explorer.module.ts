import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { ExplorerController } from './explorer.controller.js';
import { ExplorerService } from './explorer.service.js';

/** Lists storages as backups. */
@Module({})
export class ExplorerModule {
  /** @param imports the app's `StorageModule` and `CryptoModule`, as they were set up */
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return {
      module: ExplorerModule,
      imports,
      controllers: [ExplorerController],
      providers: [ExplorerService],
      exports: [ExplorerService],
    };
  }
}
