import type { EncryptionKeyRow } from '../encryption-keys.repository.js';

/** A key without its material. */
export class EncryptionKeyDto {
  /**
   * The `profileId` of the backups it opens.
   * @example "clxtestprofile000000000a"
   */
  id!: string;

  /** @example "Nightly backups" */
  name!: string;

  /** @example "dbackup" */
  format!: string;

  /**
   * 16 hexadecimal digits that tell keys apart; not enough to find the key by.
   * @example "5d1c2f0a9b7e4c63"
   */
  fingerprint!: string;

  /**
   * ISO 8601.
   * @example "2026-08-01T03:00:00.000Z"
   */
  createdAt!: string;

  static of(row: EncryptionKeyRow): EncryptionKeyDto {
    const { id, name, format, fingerprint } = row;
    const createdAt = new Date(row.created_at).toISOString();
    return Object.assign(new EncryptionKeyDto(), { id, name, format, fingerprint, createdAt });
  }
}
