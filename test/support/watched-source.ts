import { createSecretKey } from 'node:crypto';
import type { Authenticator } from '../../src/common/authenticator.js';
import type { ByteRange, ByteSource } from '../../src/common/byte-source.js';
import { GcmSource } from '../../src/crypto/gcm/gcm-source.js';
import type { GcmVector } from './gcm-vectors.js';
import { MemorySource, type MemorySourceOptions } from './memory-source.js';

/** The real GCM source; what is asked of its authenticator is written down, and `events` has room for the bytes that come out. */
export class WatchedSource implements ByteSource {
  readonly integrity = 'whole';
  readonly size: number;
  readonly version = 'watched';
  readonly inner: MemorySource;
  readonly authenticator: Authenticator;
  readonly events: (string | number)[] = [];
  readonly gathered: ByteRange[] = [];
  private readonly source: GcmSource;

  constructor({ key, iv, tag, ciphertext }: GcmVector, options?: MemorySourceOptions) {
    this.inner = new MemorySource(ciphertext, options);
    this.source = new GcmSource(this.inner, { key: createSecretKey(key), iv, tag });
    this.size = this.source.size;
    const real = this.source.authenticator;
    this.authenticator = {
      alignment: real.alignment,
      observe: (range, signal) => real.observe(range, signal),
      gather: (range, signal) => {
        this.gathered.push(range);
        return real.gather(range, signal);
      },
      missing: (pieces) => real.missing(pieces),
      verify: (pieces) => {
        const verified = real.verify(pieces);
        this.events.push(verified ? 'verified' : 'refused');
        return verified;
      },
    };
  }

  open(range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.source.open(range, signal);
  }

  /** Bytes that came out before the verdict, and after it. */
  get released(): { before: number; after: number } {
    const at = this.events.findIndex((event) => typeof event === 'string');
    const sum = (events: readonly (string | number)[]) =>
      events.reduce<number>((total, event) => total + (typeof event === 'number' ? event : 0), 0);
    return { before: sum(this.events.slice(0, at)), after: sum(this.events.slice(at)) };
  }
}
