import type { ByteRange, ByteSource } from '../../common/byte-source.js';
import { GcmAuthenticator } from './gcm-authenticator.js';
import { GcmMessage, type GcmParameters } from './gcm-message.js';

/**
 * The plaintext of a bare AES-256-GCM ciphertext, from any offset on. Bytes are handed out before they are
 * authenticated: whoever serves them holds the end back until `authenticator.verify` has agreed.
 */
export class GcmSource implements ByteSource {
  readonly size: number;
  readonly version: string;
  readonly integrity = 'whole';
  readonly authenticator: GcmAuthenticator;
  private readonly message: GcmMessage;

  /** @throws RangeError for a key, IV, tag or size that AES-256-GCM does not allow here */
  constructor(
    private readonly ciphertext: ByteSource,
    parameters: GcmParameters,
  ) {
    this.size = ciphertext.size;
    this.message = new GcmMessage(parameters, ciphertext.size);
    this.version = this.message.version(ciphertext.version);
    this.authenticator = new GcmAuthenticator(ciphertext, this.message);
  }

  async *open(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const cipher = this.message.decipherFrom(range.start);
    for await (const chunk of this.ciphertext.open(range, signal)) yield* cipher.update(chunk);
  }
}
