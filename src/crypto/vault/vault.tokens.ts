/** Injects the `VaultKey`. */
export const VAULT_KEY = Symbol('VaultKey');

/** What the vault's keys are sealed with (AES-256): 32 bytes. */
export type VaultKey = Uint8Array;
