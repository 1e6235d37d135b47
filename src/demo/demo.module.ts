import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { DemoService } from './demo.service.js';

/** A first storage with something in it, so that a fresh start has a working link within a minute. */
@Module({})
export class DemoModule {
  /** @param imports the app's `StorageModule` and `CryptoModule`, as they were set up */
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return { module: DemoModule, imports, providers: [DemoService], exports: [DemoService] };
  }
}
