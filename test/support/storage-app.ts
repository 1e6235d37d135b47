import type { INestApplication } from '@nestjs/common';
import { Global, Module, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { CLOCK } from '../../src/common/clock.js';
import { ProblemFilter } from '../../src/common/problem.filter.js';
import { createValidationPipe } from '../../src/common/validation.pipe.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { ADAPTER_KINDS } from '../../src/storage/adapters/registry.js';
import { STORAGE_ADAPTER_KINDS } from '../../src/storage/storage.module-options.js';
import { StorageModule } from '../../src/storage/storage.module.js';
import { ManualClock } from './manual-clock.js';
import { fakeRemoteKind } from './fake-remote-adapter.js';

export const TEST_ENCRYPTION_KEY = new Uint8Array(32).fill(7);

export interface StorageAppOptions {
  readonly localRoots: readonly string[];
  readonly sqliteFile?: string;
  /** More modules, which may import the storage module that is given. */
  readonly more?: (storage: ReturnType<typeof StorageModule.forRootAsync>) => ModuleMetadata['imports'];
}

/** The storages behind HTTP: real database, pipes and filter; no guard; a second kind that has a secret. */
export async function storageApp({ localRoots, sqliteFile = ':memory:', more }: StorageAppOptions) {
  const clock = new ManualClock();
  const storage = StorageModule.forRootAsync({
    useFactory: () => ({ localRoots, encryptionKey: TEST_ENCRYPTION_KEY }),
  });
  @Global()
  @Module({ providers: [{ provide: CLOCK, useValue: clock }], exports: [CLOCK] })
  class ClockModule {}
  const testing = await Test.createTestingModule({
    imports: [
      ClockModule,
      DatabaseModule.forRootAsync({ useFactory: () => ({ sqliteFile }) }),
      storage,
      ...(more?.(storage) ?? []),
    ],
  })
    .overrideProvider(STORAGE_ADAPTER_KINDS)
    .useValue([...ADAPTER_KINDS, fakeRemoteKind])
    .compile();
  const app: INestApplication = testing.createNestApplication({ logger: false });
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  await app.init();
  return { app, clock };
}
