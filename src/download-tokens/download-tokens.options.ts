/** Injects the {@link DownloadTokensOptions}. */
export const DOWNLOAD_TOKENS_OPTIONS = Symbol('DownloadTokensOptions');

export interface DownloadTokensOptions {
  /** Where links live: `memory` forgets them at a restart, `database` needs `DATABASE`. Default: `database`. */
  readonly store?: 'memory' | 'database';
  /** How long a new link can be started, in ms. Default: `TOKEN_TTL_MS`. */
  readonly tokenTtlMs?: number;
  /** How often links that are over are removed, in ms. Default: `CLEANUP_INTERVAL_MS`. */
  readonly cleanupIntervalMs?: number;
  /** How long a link lives once a transfer owns it, in ms. Default: `TRANSFER_WINDOW_MS`. */
  readonly transferWindowMs?: number;
}
