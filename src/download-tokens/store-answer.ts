import { ProblemError } from '../common/problem.js';

/** How long a store may take for one step. */
export const ANSWER_WITHIN_MS = 5_000;

export const storeUnavailable = (cause: unknown) =>
  new ProblemError({
    status: 503,
    code: 'store-unavailable',
    title: 'The token store does not answer',
    detail: 'Download links cannot be looked up or changed right now. Try again in a few seconds.',
    headers: { 'Retry-After': '2' },
    cause,
  });

/**
 * What a store answers.
 * @throws ProblemError 503 when it fails, or takes longer than `withinMs`
 */
export async function answer<T>(step: () => Promise<T>, withinMs = ANSWER_WITHIN_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`No answer within ${withinMs} ms`));
    }, withinMs);
  });
  try {
    return await Promise.race([step(), late]);
  } catch (cause) {
    throw storeUnavailable(cause);
  } finally {
    clearTimeout(timer);
  }
}
