import type { Authenticator, Evidence, ObservedRead } from '../../common/authenticator.js';
import { AuthenticityError } from '../../common/authenticity-error.js';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';

export { AuthenticityError };

/** How much of the end of a body waits until the source has ended well and, for the file's end, until the proof. */
export const HOLD_BACK_BYTES = 64 * 1024;

/**
 * The bytes of `range`. Its last 64 KiB are yielded only when the source has ended without an error, and if they end a
 * file that must be trusted as a whole, when all of it is known to be authentic: a client never has a complete file
 * that is not. What this read did not see itself is read for the proof alone. Shorter bodies yield nothing before.
 * @throws AuthenticityError when the proof fails
 */
export async function* verifiedBody(
  source: ByteSource,
  range: ByteRange,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const authenticator = range.end === source.size ? source.authenticator : undefined;
  const observed = authenticator?.observe(range, signal);
  const tail = Buffer.allocUnsafe(Math.min(HOLD_BACK_BYTES, range.end - range.start));
  const heldFrom = range.end - tail.length;
  let position = range.start;
  for await (const chunk of observed ?? source.open(range, signal)) {
    const free = Math.max(0, Math.min(chunk.length, heldFrom - position));
    if (free > 0) yield chunk.subarray(0, free);
    // Copied: the chunk's memory is the source's again as soon as the next one is asked for.
    if (free < chunk.length) tail.set(chunk.subarray(free), position + free - heldFrom);
    position += chunk.length;
  }
  if (position !== range.end) throw new Error('The source ended early');
  if (authenticator && observed) await prove(authenticator, observed, signal);
  if (tail.length > 0) yield tail;
}

async function prove(
  authenticator: Authenticator,
  observed: ObservedRead,
  signal: AbortSignal,
): Promise<void> {
  const evidence = observed.evidence();
  const pieces: Evidence[] = evidence ? [evidence] : [];
  for (const gap of authenticator.missing(pieces)) pieces.push(await authenticator.gather(gap, signal));
  if (!authenticator.verify(pieces)) throw new AuthenticityError();
}
