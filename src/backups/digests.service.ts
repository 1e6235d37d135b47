import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { AuthenticityError } from '../common/authenticity-error.js';
import type { ByteSource } from '../common/byte-source.js';
import { describeError } from '../common/describe-error.js';
import { ProblemError } from '../common/problem.js';
import { STORAGE_DELETED, type StorageDeletedEvent } from '../storage/storage-events.js';
import type { ContentId } from './content-id.js';
import { DigestPass } from './digest-pass.js';
import { DigestsRepository } from './digests.repository.js';
import { Slots } from './slots.js';

export type { ContentId } from './content-id.js';

/** More would only take turns at the same disk and the same processor. */
const PASSES_AT_ONCE = 2;

interface Running {
  readonly pass: DigestPass;
  readonly since: number;
  readonly result: Promise<string>;
}

/**
 * SHA-256 of contents in the form in which they are delivered. Only what was verified is remembered: its tag or its
 * checksum was right, or it has neither. One pass over a content at a time, whoever asks for it.
 */
@Injectable()
export class DigestsService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(DigestsService.name);
  private readonly stop = new AbortController();
  private readonly slots = new Slots(PASSES_AT_ONCE);
  private readonly running = new Map<string, Running>();
  private inFront = 0;

  constructor(private readonly digests: DigestsRepository) {}

  /** The remembered digest, lower-case hex. */
  find(content: ContentId): Promise<string | undefined> {
    return this.digests.find(content);
  }

  /** For content that is known to be right, and was seen whole. A failure is only told to the log: it costs a pass. */
  async remember(content: ContentId, sha256: string): Promise<void> {
    await this.digests.save(content, sha256).catch((error: unknown) => {
      this.logger.warn(`A digest could not be remembered: ${describeError(error)}`);
    });
  }

  /**
   * The remembered digest, else what a pass over the source finds; see {@link verify}.
   * @param urgent a client waits for it: its pass makes way for nobody
   * @throws AuthenticityError, and what the source throws
   */
  async compute(content: ContentId, source: ByteSource, urgent = false): Promise<string> {
    const known = await this.find(content);
    if (known !== undefined) return known;
    const result = this.verify(content, source);
    if (urgent) this.running.get(keyOf(content))?.pass.hurry();
    return result;
  }

  /** Passes make way for this work while it lasts, such as a delivery. */
  makeWayFor(work: Promise<unknown>): void {
    this.inFront += 1;
    const over = () => {
      this.inFront -= 1;
    };
    work.then(over, over);
  }

  /**
   * Reads all of a content in the background, whatever is remembered of it: its SHA-256 and, in the same pass, the proof
   * of its authenticator. Joins a pass that runs. Remembers the digest, or forgets it when the proof fails.
   * @param source the content; its version is the content's
   * @throws AuthenticityError when the proof fails; what the source throws; ProblemError 503 at shutdown
   */
  verify(content: ContentId, source: ByteSource): Promise<string> {
    const key = keyOf(content);
    const running = this.running.get(key);
    if (running) return running.result;
    const pass = new DigestPass(source, () => this.inFront > 0);
    const result = this.run(content, pass).finally(() => this.running.delete(key));
    // Whoever asked may be gone by the time it fails.
    result.catch(() => undefined);
    this.running.set(key, { pass, since: performance.now(), result });
    return result;
  }

  isComputing(content: ContentId): boolean {
    return this.running.has(keyOf(content));
  }

  /** How much longer a pass will take, in milliseconds, judged by its course so far; undefined: none runs. */
  remainingMs(content: ContentId): number | undefined {
    const running = this.running.get(keyOf(content));
    if (!running) return undefined;
    const { done, total } = running.pass.progress;
    return done === 0 ? Infinity : ((performance.now() - running.since) * (total - done)) / done;
  }

  @OnEvent(STORAGE_DELETED)
  async onStorageDeleted({ storageId }: StorageDeletedEvent): Promise<void> {
    await this.digests.forgetStorage(storageId).catch((error: unknown) => {
      this.logger.warn(`Digests of a deleted storage were not removed: ${describeError(error)}`);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort(stopping());
    await Promise.allSettled([...this.running.values()].map(({ result }) => result));
  }

  private async run(content: ContentId, pass: DigestPass): Promise<string> {
    const { signal } = this.stop;
    return this.slots.within(signal, async () => {
      try {
        const sha256 = await pass.run(signal);
        await this.remember(content, sha256);
        return sha256;
      } catch (error) {
        if (error instanceof AuthenticityError) await this.digests.forget(content);
        throw error;
      }
    });
  }
}

const stopping = () =>
  new ProblemError({
    status: 503,
    code: 'shutting-down',
    title: 'The service is restarting',
    detail: 'The service is about to restart. Ask again in a moment.',
    headers: { 'Retry-After': '5' },
    logLevel: 'debug',
  });

const keyOf = ({ storageId, file, version }: ContentId) => JSON.stringify([storageId, file, version]);
