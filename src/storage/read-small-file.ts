import { wholeOf } from '../common/byte-source.js';
import type { StorageAdapter } from './storage-adapter.js';
import { isStorageError } from './storage-error.js';

export type SmallFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly bytes: Uint8Array }
  /** Longer than allowed; not read. */
  | { readonly kind: 'too-large' };

const MAX_BYTES = 1024 * 1024;
const TRIES = 3;
const never = new AbortController().signal;

/**
 * A small file beside a backup, such as its sidecar. It may be rewritten while it is read; then it is read anew.
 * @throws StorageError for everything but its absence: a sidecar that cannot be read is not one that is missing (W7)
 */
export async function readSmallFile(
  adapter: StorageAdapter,
  path: string,
  maxBytes = MAX_BYTES,
  signal: AbortSignal = never,
): Promise<SmallFile> {
  for (let tries = 1; ; tries++) {
    try {
      return await readOnce(adapter, path, maxBytes, signal);
    } catch (error) {
      if (isStorageError(error, 'not-found', 'not-a-file')) return { kind: 'absent' };
      if (tries === TRIES || !isStorageError(error, 'changed')) throw error;
    }
  }
}

async function readOnce(adapter: StorageAdapter, path: string, maxBytes: number, signal: AbortSignal) {
  const source = await adapter.source(path);
  if (source.size > maxBytes) return { kind: 'too-large' } as const;
  const bytes = new Uint8Array(source.size);
  let filled = 0;
  for await (const chunk of source.open(wholeOf(source), signal)) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return { kind: 'present', bytes } as const;
}
