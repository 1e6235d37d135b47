import { StorageError } from './storage-error.js';

/**
 * A step of a call, but no longer than the idle timeout and the signal allow. The step itself goes on: whoever started
 * it frees what it holds when it ends.
 * @throws StorageError `unreachable` after `idleTimeoutMs`; the signal's reason
 */
export async function patiently<T>(
  step: Promise<T>,
  idleTimeoutMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const { promise: giveUp, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    reject(signal?.reason as Error);
  };
  const timer = setTimeout(() => {
    reject(new StorageError('unreachable', 'The storage did not answer in time.'));
  }, idleTimeoutMs);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort, { once: true });
  try {
    // Aborted first: a step that is ready does not win over a consumer that has left.
    return await Promise.race([giveUp, step]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
