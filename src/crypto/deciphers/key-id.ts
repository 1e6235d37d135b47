/** 1 to 128 printable characters: what a key's id, DBackup's `profileId`, may be. */
export const KEY_ID = /^[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u;
