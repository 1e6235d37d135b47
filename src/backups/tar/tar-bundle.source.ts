import { createHash } from 'node:crypto';
import type { ByteRange, ByteSource, Integrity } from '../../common/byte-source.js';
import { BundleAuthenticator, type Bundle, type OpenMember } from './bundle-authenticator.js';
import { END_BYTES, paddingAfter, tarHeader } from './tar-header.js';

export interface TarMember {
  readonly name: string;
  readonly modifiedAt: number | null;
  readonly source: ByteSource;
}

/** A stretch of the archive: bytes of our own, or a member's content. */
type Segment = { readonly start: number } & ({ readonly bytes: Buffer } | { readonly source: ByteSource });

const plainly: OpenMember = (source, range, signal) => source.open(range, signal);

/**
 * Several files as one uncompressed tar: its size is known before a byte is read, and a range of it reads only what of
 * the files lies in that range. At most one member can need a proof; its proof is the bundle's.
 */
export class TarBundleSource implements Bundle {
  readonly size: number;
  readonly version: string;
  readonly integrity: Integrity;
  readonly authenticator?: BundleAuthenticator;
  private readonly segments: readonly Segment[];

  constructor(members: readonly TarMember[]) {
    const segments: Segment[] = [];
    const identity = createHash('sha256').update('drawbridge/tar/1\0');
    let position = 0;
    const addBytes = (bytes: Buffer) => {
      if (bytes.length > 0) segments.push({ start: position, bytes });
      position += bytes.length;
    };
    for (const { name, modifiedAt, source } of members) {
      const header = tarHeader({ name, modifiedAt, size: source.size });
      identity.update(header).update(JSON.stringify(source.version));
      addBytes(header);
      segments.push({ start: position, source });
      position += source.size;
      addBytes(Buffer.alloc(paddingAfter(source.size)));
    }
    addBytes(Buffer.alloc(END_BYTES));
    this.segments = segments;
    this.size = position;
    this.version = identity.digest('base64url');
    const [guarded, ...others] = members.filter(({ source }) => source.authenticator).map((m) => m.source);
    if (others.length > 0) throw new Error('A bundle proves one member');
    this.integrity = guarded ? 'whole' : 'none';
    if (guarded) this.authenticator = new BundleAuthenticator(this, guarded);
  }

  open(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.read(range, signal, plainly);
  }

  async *read(
    { start, end }: ByteRange,
    signal: AbortSignal,
    open: OpenMember,
  ): AsyncGenerator<Uint8Array, void> {
    if (!(start >= 0 && start <= end && end <= this.size))
      throw new RangeError(`The range does not lie within the ${this.size} bytes of the archive`);
    for (const segment of this.segments) {
      const length = 'bytes' in segment ? segment.bytes.length : segment.source.size;
      const from = Math.max(start - segment.start, 0);
      const to = Math.min(end - segment.start, length);
      if (from >= to) continue;
      signal.throwIfAborted();
      // Copied: a chunk is its consumer's, and these are read again.
      if ('bytes' in segment) yield Buffer.from(segment.bytes.subarray(from, to));
      else yield* open(segment.source, { start: from, end: to }, signal);
    }
  }
}
