import { createHash } from 'node:crypto';

/**
 * A whole body, hashed on its way to the client. Its digest is told before its last chunk goes out, so that a client that
 * confirms at once is not too quick; by then all of it is read and, by `verifiedBody`, known to be right.
 * @param size bytes of the body
 * @param tell gets the SHA-256 as lower-case hex; the last chunk waits for it
 */
export async function* hashingBody(
  body: AsyncIterable<Uint8Array>,
  size: number,
  tell: (sha256: string) => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let hashed = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    hashed += chunk.length;
    if (hashed === size) await tell(hash.digest('hex'));
    yield chunk;
  }
  if (size === 0) await tell(hash.digest('hex'));
}
