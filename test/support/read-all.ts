/** Joins what a source yields, copying each chunk before the next is asked for. */
export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

/** A signal that nobody aborts. */
export const unhurried = (): AbortSignal => new AbortController().signal;
