import type { DownloadLimits } from './limits/download-limits.js';

/** What a host app decides about downloads. */
export interface DownloadsOptions {
  /** Every link starts with it (PUBLIC_URL); no slash at its end. */
  readonly publicUrl: string;
  /** Shown at mint when set: why links may not work from elsewhere. */
  readonly publicUrlWarning?: string | undefined;
  /** 32 bytes: seals what the token store keeps of a file's proof between attempts. */
  readonly encryptionKey: Uint8Array;
  /** DELIVERY_GRACE_MS: how long an acknowledged body must stay without a reset to count as delivered. */
  readonly deliveryGraceMs: number;
  /** DRAIN_MS: how long a stopping service lets downloads end by themselves. */
  readonly drainMs: number;
  readonly limits: DownloadLimits;
}

export const DOWNLOADS_OPTIONS = Symbol('DownloadsOptions');
