/** How long a new link can be started, by default. */
export const TOKEN_TTL_MS = 300_000;
/** How often the sweep runs, by default. */
export const CLEANUP_INTERVAL_MS = 60_000;
/** Rule 6: how long a link lives once a transfer owns it, by default. */
export const TRANSFER_WINDOW_MS = 86_400_000;
/** Rule 2: a whole GET that got nothing acknowledged for so long has stalled. */
export const STALL_MS = 5_000;
/** Rule 3: live attempts of one transfer. */
export const MAX_LIVE_ATTEMPTS = 16;
/** Rule 4: bytes that make a transfer the owner; smaller files: all of them. */
export const OWNERSHIP_BYTES = 65_536;
/** Rule 9: attempts of one transfer. */
export const MAX_ATTEMPTS = 256;
/** Rule 9: so many times the size, and so many bytes more, may be sent again without new coverage. */
export const RESENT_SIZES = 2;
export const RESENT_BYTES = 64 * 1024 * 1024;
/** Rule 10. */
export const MAX_DOWNLOADS = 100;
/** Rule 11, and how often its holder renews it. */
export const LEASE_MS = 15_000;
export const LEASE_RENEWAL_MS = 5_000;
/** Rule 12: how long a used link is still known. */
export const USED_KEPT_MS = 60_000;
/** Transfers that own nothing and have no live attempt: so many are remembered, the newest ones. */
export const MAX_TRACES = 16;
