import { MAX_SIDECAR_BYTES } from '../sidecar-content.js';

/** A sidecar's top-level object. Nothing of it is checked yet. */
export type Sidecar = Readonly<Record<string, unknown>>;

/** Why bytes are not a sidecar; ends a sentence. */
export class SidecarError extends Error {
  override readonly name = 'SidecarError';
}

/**
 * Reads a sidecar: JSON in UTF-8, with or without a byte order mark, an object at the top.
 * @throws SidecarError
 */
export function parseSidecar(bytes: Uint8Array): Sidecar {
  if (bytes.length > MAX_SIDECAR_BYTES) throw new SidecarError('is longer than 1 MiB');
  let value: unknown;
  try {
    // TextDecoder drops the byte order mark, which JSON.parse would refuse.
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SidecarError('is not JSON in UTF-8', { cause });
  }
  if (!isObject(value)) throw new SidecarError('is not a JSON object');
  return value;
}

export function isObject(value: unknown): value is Sidecar {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
