import { createHash } from 'node:crypto';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';
import { ChecksumAuthenticator } from './checksum-authenticator.js';

/**
 * A stored file whose SHA-256 its sidecar tells. Bytes are handed out before they are checked: whoever serves them
 * holds the end back until `authenticator.verify` has agreed.
 */
export class ChecksumSource implements ByteSource {
  readonly integrity = 'whole';
  readonly size: number;
  /** Changes with the checksum as well: another sidecar promises another content. */
  readonly version: string;
  readonly authenticator: ChecksumAuthenticator;

  /** @param sha256 lower-case hex, of all of `stored` */
  constructor(
    private readonly stored: ByteSource,
    sha256: string,
  ) {
    this.size = stored.size;
    this.version = createHash('sha256')
      .update(`drawbridge/checksum/1\0${sha256}${stored.version}`)
      .digest('base64url');
    this.authenticator = new ChecksumAuthenticator(stored, sha256);
  }

  open(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.stored.open(range, signal);
  }
}
