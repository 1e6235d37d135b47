import { createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../../common/clock.js';
import type { Page } from '../../common/page.js';
import { notFound, ProblemError } from '../../common/problem.js';
import { seal, unseal, type SealedPlace } from '../../common/sealed-value.js';
import { EncryptionKeysRepository, type EncryptionKeyRow } from './encryption-keys.repository.js';
import { fingerprintOf } from './fingerprint.js';
import { decodeCursor, encodeCursor } from './key-cursor.js';
import { VAULT_KEY, type VaultKey } from './vault.tokens.js';

/** Version of the master key; a rotation would count it up. */
const KEY_VERSION = 1;
const MASTER_KEY_BYTES = 32;

export interface NewEncryptionKey {
  /** Given by the user; absent: made here. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly format: string;
  /** Zeroed once it is sealed. */
  readonly material: Buffer;
}

/** Keeps the keys of backups, sealed at rest. In clear they exist only inside a `KeyObject` while in use. */
@Injectable()
export class VaultService {
  constructor(
    private readonly keys: EncryptionKeysRepository,
    @Inject(VAULT_KEY) private readonly masterKey: VaultKey,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    if (masterKey.length !== MASTER_KEY_BYTES) throw new RangeError('The vault needs a key of 32 bytes');
  }

  /** @throws ProblemError 409 when the id is taken */
  async add({ id = randomUUID(), name, format, material }: NewEncryptionKey): Promise<EncryptionKeyRow> {
    const row = { id, name, format, fingerprint: fingerprintOf(material), created_at: this.clock.now() };
    const sealed = seal(this.masterKey, placeOf(id, KEY_VERSION), material);
    material.fill(0);
    if (!(await this.keys.insert({ ...row, sealed_material: sealed, key_version: KEY_VERSION })))
      throw new ProblemError({
        status: 409,
        code: 'key-exists',
        title: 'The key exists',
        detail: 'There is a key with this id. Delete it first, or leave the id out to have one made.',
      });
    return row;
  }

  async list(limit: number, cursor?: string): Promise<Page<EncryptionKeyRow>> {
    const rows = await this.keys.list(limit + 1, cursor === undefined ? undefined : decodeCursor(cursor));
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const more = rows.length > limit && last;
    return { items, nextCursor: more ? encodeCursor({ createdAt: last.created_at, id: last.id }) : null };
  }

  /** @throws ProblemError 404 */
  async remove(id: string): Promise<void> {
    if (!(await this.keys.remove(id)))
      throw notFound('There is no encryption key with this id. GET /api/encryption-keys lists them.');
  }

  /** Those of the ids that are kept here. */
  available(ids: Iterable<string>): Promise<Set<string>> {
    return this.keys.existing([...new Set(ids)]);
  }

  /**
   * A key in use. Undefined: there is none with this id for this format.
   * @throws ProblemError 500 `vault-sealed-with-other-key`
   */
  async find(id: string, format: string): Promise<KeyObject | undefined> {
    const row = await this.keys.find(id);
    if (row?.format !== format) return undefined;
    const material = this.open(row.id, row.key_version, row.sealed_material);
    try {
      return createSecretKey(material);
    } finally {
      material.fill(0);
    }
  }

  private open(id: string, keyVersion: number, sealed: string): Buffer {
    try {
      return unseal(this.masterKey, placeOf(id, keyVersion), sealed);
    } catch (cause) {
      throw new ProblemError({
        status: 500,
        code: 'vault-sealed-with-other-key',
        title: 'A stored key does not open',
        detail:
          'A key in the vault was sealed under another ENCRYPTION_KEY, or was changed. Start the service with the ' +
          'ENCRYPTION_KEY it was added under, or delete the key at /api/encryption-keys and add it again.',
        cause,
      });
    }
  }
}

function placeOf(rowId: string, keyVersion: number): SealedPlace {
  return { table: 'encryption_keys', column: 'sealed_material', rowId, keyVersion };
}
