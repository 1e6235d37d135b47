import type { Authenticator, Evidence, ObservedRead } from '../../common/authenticator.js';
import { AuthenticityError } from '../../common/authenticity-error.js';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';

export { AuthenticityError };

/** How much of the end of a body waits until the source has ended well and, for the file's end, until the proof. */
export const HOLD_BACK_BYTES = 64 * 1024;

/** How the end of a body is vouched for. */
export interface Vouching {
  /** Gathers evidence while the body is read; made by the source's authenticator for this very range. */
  readonly observed: ObservedRead;
  /** Called when all of the range was read; resolves when its end may be released. */
  readonly prove: () => Promise<void>;
}

/**
 * The bytes of `range`. Its last 64 KiB are yielded only when the source has ended without an error and, if the source
 * must be trusted as a whole, when `prove` has agreed: a client never has a complete file that is not authentic.
 * Shorter bodies yield nothing before.
 * @param vouching default: whatever ends the file is proved by itself, what it did not see is read for the proof alone
 * @throws AuthenticityError when the proof fails
 */
export async function* verifiedBody(
  source: ByteSource,
  range: ByteRange,
  signal: AbortSignal,
  vouching = vouchingAlone(source, range, signal),
): AsyncGenerator<Uint8Array, void, undefined> {
  const tail = Buffer.allocUnsafe(Math.min(HOLD_BACK_BYTES, range.end - range.start));
  const heldFrom = range.end - tail.length;
  let position = range.start;
  for await (const chunk of vouching?.observed ?? source.open(range, signal)) {
    const free = Math.max(0, Math.min(chunk.length, heldFrom - position));
    if (free > 0) yield chunk.subarray(0, free);
    // Copied: the chunk's memory is the source's again as soon as the next one is asked for.
    if (free < chunk.length) tail.set(chunk.subarray(free), position + free - heldFrom);
    position += chunk.length;
  }
  if (position !== range.end) throw new Error('The source ended early');
  await vouching?.prove();
  if (tail.length > 0) yield tail;
}

function vouchingAlone(source: ByteSource, range: ByteRange, signal: AbortSignal): Vouching | undefined {
  const { authenticator, size } = source;
  if (!authenticator || range.end < size) return undefined;
  const observed = authenticator.observe(range, signal);
  return { observed, prove: () => proveFrom(authenticator, observed.checkpoints().slice(-1), signal) };
}

/**
 * Proves a source from known pieces; what they leave open is read for the proof alone.
 * @throws AuthenticityError
 */
export async function proveFrom(
  authenticator: Authenticator,
  known: readonly Evidence[],
  signal: AbortSignal,
): Promise<void> {
  const pieces = [...known];
  for (const gap of authenticator.missing(known)) pieces.push(await authenticator.gather(gap, signal));
  if (!authenticator.verify(pieces)) throw new AuthenticityError();
}
