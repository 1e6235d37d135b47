import { randomBytes } from 'node:crypto';
import { BackupFormatsService } from '../../src/crypto/backup-formats.service.js';
import { EncryptionKeysRepository } from '../../src/crypto/vault/encryption-keys.repository.js';
import { VaultService } from '../../src/crypto/vault/vault.service.js';
import { openDatabase } from '../../src/database/open-database.js';
import { ManualClock } from './manual-clock.js';

/** Vault and formats over a database in memory. Call `close` at the end. */
export async function openCrypto(masterKey: Uint8Array = randomBytes(32)) {
  const database = await openDatabase({ sqliteFile: ':memory:' });
  const clock = new ManualClock();
  const repository = new EncryptionKeysRepository(database);
  const vault = new VaultService(repository, masterKey, clock);
  return {
    database,
    clock,
    vault,
    formats: new BackupFormatsService(vault),
    /** The same database under another master key. */
    vaultWith: (otherKey: Uint8Array) => new VaultService(repository, otherKey, clock),
    close: () => database.destroy(),
  };
}
