import type { Generated } from 'kysely';

/** The tables, as Kysely sees them. Times are milliseconds since the epoch; JSON columns hold text. */
export interface Schema {
  settings: SettingsTable;
  storages: StoragesTable;
  encryption_keys: EncryptionKeysTable;
  download_tokens: DownloadTokensTable;
  links: LinksTable;
  attempts: AttemptsTable;
  digests: DigestsTable;
}

/** Single values the service keeps for itself. */
export interface SettingsTable {
  key: string;
  value: string;
}

export interface StoragesTable {
  id: string;
  name: string;
  adapter: string;
  /** JSON without secrets. */
  config: string;
  /** Sealed JSON of the config's secrets (common/sealed-value). */
  secrets: string | null;
  created_at: number;
  updated_at: number;
}

export interface EncryptionKeysTable {
  id: string;
  name: string;
  format: string;
  fingerprint: string;
  sealed_material: string;
  key_version: number;
  created_at: number;
}

/** Live state of links, one document a row, changed by compare-and-set on `revision`. */
export interface DownloadTokensTable {
  /** Hex SHA-256 of the token. */
  hash: string;
  id: string;
  revision: number;
  state: string;
  /** From here on the sweep may remove the row. */
  sweep_at: number;
}

/** What became of each link, for ever. */
export interface LinksTable {
  id: string;
  storage_id: string;
  file: string;
  file_name: string;
  size: number;
  version: string;
  /** 0 or 1. */
  decrypt: number;
  /** 0 or 1: whether the stored file is encrypted. */
  encrypted: number;
  max_downloads: number;
  issuer_kind: string;
  issuer_id: string;
  state: string;
  reason: string | null;
  created_at: number;
  expires_at: number;
  finish_by: number | null;
  ended_at: number | null;
  /** `ByteSource.integrity` of what is delivered; null: from before it was written down. */
  integrity: string | null;
  /** `connection` or `digest`: what spends the link. */
  confirm: string;
  /** With `digest`: when its client confirmed, and what. */
  confirmed_at: number | null;
  sha256: string | null;
  /** How many downloads of it are complete. */
  deliveries: number;
  /** With `verify: "first"`: `running`, `passed` or `failed`. */
  verification: string | null;
  /** 0 or 1: whether file and sidecar are delivered together, as one tar. */
  sidecar: Generated<number>;
}

/** One HTTP response of a link each. */
export interface AttemptsTable {
  id: string;
  link_id: string;
  transfer_id: string;
  client: string;
  user_agent: string;
  range_start: number;
  range_end: number;
  started_at: number;
  ended_at: number | null;
  bytes_sent: number;
  /** `delivered`, `broken` or `failed`; null while it runs. */
  outcome: string | null;
  reason: string | null;
}

/** SHA-256 of contents that were verified, in the form in which they are delivered. */
export interface DigestsTable {
  storage_id: string;
  file: string;
  /** `ByteSource.version` of that form. */
  version: string;
  /** Lower-case hex. */
  sha256: string;
  verified_at: number;
}
