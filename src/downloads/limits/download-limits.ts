/** How much clients may ask of the service, and how long it waits for them. */
export interface DownloadLimits {
  /** A reader slower than this is dropped once it owes `minRateGraceMs`; 0: any rate will do. */
  readonly minRateBytesPerS: number;
  readonly minRateGraceMs: number;
  /** A reader that acknowledges nothing for so long is dropped. */
  readonly idleTimeoutMs: number;
  /** Bodies on their way at the same time, those that wait for their verdict included. */
  readonly maxStreams: number;
  /** Links that the store holds. */
  readonly maxLiveLinks: number;
  /** Unknown tokens that one client may show before it is told to wait. */
  readonly badTokensPerMinute: number;
}
