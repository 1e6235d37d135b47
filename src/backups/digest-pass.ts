import { createHash } from 'node:crypto';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { AuthenticityError } from '../common/authenticity-error.js';
import { wholeOf, type ByteSource } from '../common/byte-source.js';

/** So much is hashed between two turns of the event loop: about a millisecond. */
const BYTES_A_TURN = 512 * 1024;
/** So long it rests after those while it must make way: that leaves others some five sixths of the processor. */
const REST_MS = 4;

/** One reading of a whole source, in order: its SHA-256 and, from the same bytes, its proof. */
export class DigestPass {
  private read = 0;

  private hurried = false;

  /** @param mustMakeWay whether there is at the moment somebody who should not be kept waiting */
  constructor(
    private readonly source: ByteSource,
    private readonly mustMakeWay: () => boolean = () => false,
  ) {}

  /** Bytes read so far, and in all. */
  get progress(): { readonly done: number; readonly total: number } {
    return { done: this.read, total: this.source.size };
  }

  /** Makes way for nobody from now on: somebody waits for this very pass. */
  hurry(): void {
    this.hurried = true;
  }

  /**
   * @returns lower-case hex
   * @throws AuthenticityError when the content is not what it must be
   */
  async run(signal: AbortSignal): Promise<string> {
    const { source } = this;
    const { authenticator } = source;
    const observed = authenticator?.observe(wholeOf(source), signal);
    // A content with a checksum is hashed by its authenticator, and once is enough.
    const promised = authenticator?.sha256;
    const hash = createHash('sha256');
    let sinceTurn = 0;
    for await (const chunk of observed ?? source.open(wholeOf(source), signal)) {
      if (promised === undefined) hash.update(chunk);
      this.read += chunk.length;
      sinceTurn += chunk.length;
      if (sinceTurn < BYTES_A_TURN) continue;
      sinceTurn = 0;
      // Storages that answer from memory would otherwise keep everybody else waiting.
      await (!this.hurried && this.mustMakeWay() ? sleep(REST_MS) : turn());
      signal.throwIfAborted();
    }
    if (this.read !== source.size) throw new Error('The source ended early');
    const seen = observed?.evidence();
    if (authenticator && !authenticator.verify(seen ? [seen] : [])) throw new AuthenticityError();
    return promised ?? hash.digest('hex');
  }
}
