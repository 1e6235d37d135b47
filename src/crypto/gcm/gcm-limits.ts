/** An AES-GCM message of this project has a tag of 16 bytes, never a shortened one. */
export const TAG_BYTES = 16;
export const BLOCK_BYTES = 16;
/** AES-256. */
export const KEY_BYTES = 32;
/** The IV lengths that are read: 96 bits, and the 128 bits that DBackup writes. */
export const IV_BYTES: readonly number[] = [12, 16];
/** NIST SP 800-38D section 5.2.1.1: a longer message would repeat its counter. */
export const MAX_MESSAGE_BYTES = 2 ** 36 - 32;
