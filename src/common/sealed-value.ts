import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const FORMAT = 'v1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a sealed value lives. It is bound to the place, so a value copied to another row does not open. */
export interface SealedPlace {
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
  /** Version of the key that sealed it. */
  readonly keyVersion: number;
}

const aad = (place: SealedPlace) =>
  Buffer.from(JSON.stringify([place.table, place.column, place.rowId, place.keyVersion]));

/**
 * Encrypts a value for the database: AES-256-GCM, random 96-bit IV, AAD = table, column, row id and key version.
 * @returns `v1.<base64url of IV, ciphertext and tag>`
 */
export function seal(key: Uint8Array, place: SealedPlace, plain: Uint8Array): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(aad(place));
  const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return FORMAT + sealed.toString('base64url');
}

/**
 * Opens what {@link seal} made for the same place with the same key.
 * @throws Error when it was not; a value of unknown form is never passed through
 */
export function unseal(key: Uint8Array, place: SealedPlace, value: string): Buffer {
  const body = value.startsWith(FORMAT) ? value.slice(FORMAT.length) : '';
  const bytes = Buffer.from(body, 'base64url');
  // The decoder skips what it does not know; a sealed value has one spelling only.
  if (bytes.length < IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== body)
    throw new Error('The sealed value has an unknown form');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(aad(place))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}
