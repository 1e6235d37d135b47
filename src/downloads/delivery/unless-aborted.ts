/**
 * What `step` resolves with, or the signal's reason as soon as it aborts. The step itself goes on: a storage that
 * neither answers nor hears must not keep a link from being given back.
 */
export async function unlessAborted<T>(step: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => {
    reject(signal.reason as Error);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([aborted, step]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
