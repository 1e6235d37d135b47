import { Module, type DynamicModule } from '@nestjs/common';
import { AdapterPool } from './adapter-pool.service.js';
import { ADAPTER_KINDS } from './adapters/registry.js';
import {
  STORAGE_ADAPTER_KINDS,
  STORAGE_OPTIONS,
  type StorageModuleAsyncOptions,
  type StorageModuleOptions,
} from './storage.module-options.js';
import { StoragesController } from './storages.controller.js';
import { StoragesRepository } from './storages.repository.js';
import { StoragesService } from './storages.service.js';

/** The storages and their adapters. Needs `DATABASE` and `CLOCK` from global modules. */
@Module({})
export class StorageModule {
  static forRootAsync(options: StorageModuleAsyncOptions): DynamicModule {
    return {
      module: StorageModule,
      controllers: [StoragesController],
      providers: [
        {
          provide: STORAGE_OPTIONS,
          inject: options.inject ?? [],
          useFactory: options.useFactory as () => StorageModuleOptions,
        },
        { provide: STORAGE_ADAPTER_KINDS, useValue: ADAPTER_KINDS },
        AdapterPool,
        StoragesRepository,
        StoragesService,
      ],
      exports: [StoragesService],
    };
  }
}
