import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { BackupFormatsService } from './backup-formats.service.js';
import { EncryptionKeysController } from './vault/encryption-keys.controller.js';
import { EncryptionKeysRepository } from './vault/encryption-keys.repository.js';
import { VaultService } from './vault/vault.service.js';
import { VAULT_KEY } from './vault/vault.tokens.js';

export interface CryptoModuleOptions {
  /** 32 bytes; seals the keys in the vault. */
  readonly encryptionKey: Uint8Array;
}

export interface CryptoModuleAsyncOptions {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: never[]) => CryptoModuleOptions | Promise<CryptoModuleOptions>;
}

/** Backup formats and the vault of their keys. Needs `DATABASE` and `CLOCK` from global modules. */
@Module({})
export class CryptoModule {
  static forRootAsync(options: CryptoModuleAsyncOptions): DynamicModule {
    const useFactory = options.useFactory as (...args: unknown[]) => Promise<CryptoModuleOptions>;
    return {
      module: CryptoModule,
      controllers: [EncryptionKeysController],
      providers: [
        {
          provide: VAULT_KEY,
          inject: options.inject ?? [],
          useFactory: async (...args: unknown[]) => (await useFactory(...args)).encryptionKey,
        },
        EncryptionKeysRepository,
        VaultService,
        BackupFormatsService,
      ],
      exports: [BackupFormatsService, VaultService],
    };
  }
}
