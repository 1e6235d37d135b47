import type { Authenticator, Evidence, ObservedRead } from '../../common/authenticator.js';
import { wholeOf, type ByteRange, type ByteSource } from '../../common/byte-source.js';

/** How a member's bytes are read. */
export type OpenMember = (
  source: ByteSource,
  range: ByteRange,
  signal: AbortSignal,
) => AsyncIterable<Uint8Array>;

/** A source made of members, which it can be told how to read. */
export interface Bundle extends ByteSource {
  read(range: ByteRange, signal: AbortSignal, open: OpenMember): AsyncIterable<Uint8Array>;
}

/** Proves a bundle by its one member that can be proved. Evidence is of the whole bundle, read in order, or none. */
export class BundleAuthenticator implements Authenticator {
  readonly alignment: number;
  private readonly inner: Authenticator;

  /** @param member has an authenticator */
  constructor(
    private readonly bundle: Bundle,
    private readonly member: ByteSource,
  ) {
    if (!member.authenticator) throw new Error('The member has no authenticator');
    this.inner = member.authenticator;
    this.alignment = Math.max(1, bundle.size);
  }

  observe(range: ByteRange, signal: AbortSignal): ObservedRead {
    return this.isWhole(range) ? this.observeWhole(signal) : withoutEvidence(this.bundle.open(range, signal));
  }

  /** @throws RangeError when the range is not the whole */
  async gather(range: ByteRange, signal: AbortSignal): Promise<Evidence> {
    if (!this.isWhole(range)) throw new RangeError('A bundle is proved as a whole');
    return this.evidenceFrom(await this.inner.gather(wholeOf(this.member), signal));
  }

  missing(pieces: readonly Evidence[]): ByteRange[] {
    return pieces.some((piece) => this.isWhole(piece)) ? [] : [wholeOf(this.bundle)];
  }

  verify(pieces: readonly Evidence[]): boolean {
    const [whole, ...others] = pieces;
    if (!whole || others.length > 0 || !this.isWhole(whole)) return false;
    return this.inner.verify([{ ...wholeOf(this.member), state: whole.state }]);
  }

  private observeWhole(signal: AbortSignal): ObservedRead {
    const { bundle, member } = this;
    const observed = this.inner.observe(wholeOf(member), signal);
    const open: OpenMember = (source, range) => (source === member ? observed : source.open(range, signal));
    let position = 0;
    async function* chunks() {
      for await (const chunk of bundle.read(wholeOf(bundle), signal, open)) {
        position += chunk.length;
        yield chunk;
      }
    }
    const checkpoints = () => {
      const evidence = position === bundle.size ? observed.evidence() : undefined;
      return evidence ? [this.evidenceFrom(evidence)] : [];
    };
    return {
      [Symbol.asyncIterator]: chunks,
      checkpoints,
      evidence: (upTo = bundle.size) => checkpoints().find((evidence) => evidence.end <= upTo),
    };
  }

  private evidenceFrom({ state }: Evidence): Evidence {
    return { ...wholeOf(this.bundle), state };
  }

  private isWhole({ start, end }: ByteRange): boolean {
    return start === 0 && end === this.bundle.size;
  }
}

const withoutEvidence = (chunks: AsyncIterable<Uint8Array>): ObservedRead => ({
  [Symbol.asyncIterator]: () => chunks[Symbol.asyncIterator](),
  checkpoints: () => [],
  evidence: () => undefined,
});
