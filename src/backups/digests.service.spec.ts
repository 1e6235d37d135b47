import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../test/support/eventually.js';
import { encryptGcm } from '../../test/support/gcm-vectors.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { MemorySource } from '../../test/support/memory-source.js';
import { WatchedSource } from '../../test/support/watched-source.js';
import { AuthenticityError } from '../common/authenticity-error.js';
import type { ByteRange, ByteSource } from '../common/byte-source.js';
import { openDatabase, type Database } from '../database/open-database.js';
import { DigestsRepository } from './digests.repository.js';
import { DigestsService, type ContentId } from './digests.service.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const contentOf = (version: string, file = 'a.sql'): ContentId => ({ storageId: 'st_1', file, version });

/** Yields its bytes once it is let go on. */
class GatedSource implements ByteSource {
  readonly integrity = 'none';
  readonly version = 'gated';
  readonly size: number;
  opened = 0;
  private readonly gate = Promise.withResolvers<undefined>();

  constructor(private readonly content: Buffer) {
    this.size = content.length;
  }

  readonly goOn = () => {
    this.gate.resolve(undefined);
  };

  async *open(range: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.opened++;
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    const half = Math.floor((range.start + range.end) / 2);
    yield this.content.subarray(range.start, half);
    await Promise.race([this.gate.promise, aborted]);
    yield this.content.subarray(half, range.end);
  }
}

/** Real: database, GCM. */
describe('DigestsService', () => {
  let database: Database;
  let digests: DigestsService;

  beforeEach(async () => {
    database = await openDatabase({ sqliteFile: ':memory:' });
    digests = new DigestsService(new DigestsRepository(database, new ManualClock()));
  });
  afterEach(async () => {
    await digests.beforeApplicationShutdown();
    await database.destroy();
  });

  it('hashes the plaintext of what is authentic, and remembers it', async () => {
    const plain = randomBytes(700_001);
    const source = new WatchedSource(encryptGcm(plain), { reuseMemory: true });
    const content = contentOf('v1');
    expect(await digests.find(content)).toBeUndefined();
    expect(await digests.compute(content, source)).toBe(sha256(plain));
    expect(source.events).toEqual(['verified']);
    expect(await digests.find(content)).toBe(sha256(plain));
    expect(await digests.compute(content, source)).toBe(sha256(plain));
    expect(source.inner.opened).toBe(1);
  });

  it.each([0, 1, 16, 65_536])('hashes a message of %i bytes', async (size) => {
    const plain = randomBytes(size);
    expect(await digests.compute(contentOf('v1'), new WatchedSource(encryptGcm(plain)))).toBe(sha256(plain));
  });

  it('hashes a plain source', async () => {
    const plain = randomBytes(1_500_000);
    expect(await digests.compute(contentOf('v1'), new MemorySource(plain))).toBe(sha256(plain));
  });

  it('remembers nothing of what is damaged, and forgets what it knew', async () => {
    const vector = encryptGcm(randomBytes(200_000));
    vector.ciphertext[150_000]! ^= 1;
    const content = contentOf('v1');
    await expect(digests.compute(content, new WatchedSource(vector))).rejects.toThrow(AuthenticityError);
    expect(await digests.find(content)).toBeUndefined();
    await digests.remember(content, 'f'.repeat(64));
    await expect(digests.verify(content, new WatchedSource(vector))).rejects.toThrow(AuthenticityError);
    expect(await digests.find(content)).toBeUndefined();
  });

  it('hands on what the source fails of, remembers nothing, and tries again when asked again', async () => {
    const plain = randomBytes(200_000);
    const content = contentOf('v1');
    const failing = digests.compute(content, new MemorySource(plain, { failAt: 100_000 }));
    await expect(failing).rejects.toThrow('The source failed');
    expect(digests.isComputing(content)).toBe(false);
    expect(await digests.compute(content, new MemorySource(plain))).toBe(sha256(plain));
  });

  it('reads once for all who ask at the same time, and tells how much is left', async () => {
    const plain = randomBytes(200_000);
    const source = new GatedSource(plain);
    const content = contentOf('v1');
    expect(digests.remainingMs(content)).toBeUndefined();
    const asked = [digests.compute(content, source), digests.verify(content, source)];
    await eventually('half is read', () => Number.isFinite(digests.remainingMs(content)));
    expect(digests.isComputing(content)).toBe(true);
    expect(digests.isComputing(contentOf('v2'))).toBe(false);
    source.goOn();
    expect(await Promise.all(asked)).toEqual([sha256(plain), sha256(plain)]);
    expect(source.opened).toBe(1);
    expect(digests.isComputing(content)).toBe(false);
  });

  it('runs two passes at once, the others in the order in which they came', async () => {
    const sources = [1, 2, 3].map((n) => new GatedSource(Buffer.alloc(100, n)));
    const passes = sources.map((source, n) => digests.compute(contentOf('v1', `file ${n}`), source));
    await eventually('two have begun', () => sources[0]!.opened + sources[1]!.opened === 2);
    expect(sources[2]!.opened).toBe(0);
    sources[1]!.goOn();
    await passes[1];
    await eventually('the third has begun', () => sources[2]!.opened === 1);
    for (const { goOn } of sources) goOn();
    await Promise.all(passes);
  });

  it('ends its passes at shutdown, also those that wait for their turn', async () => {
    const sources = [1, 2, 3].map((n) => new GatedSource(Buffer.alloc(100, n)));
    const ends = sources.map((source, n) =>
      digests.compute(contentOf('v1', `file ${n}`), source).catch((error: unknown) => error),
    );
    await eventually('two have begun', () => sources[0]!.opened + sources[1]!.opened === 2);
    await digests.beforeApplicationShutdown();
    for (const end of ends) expect(await end).toMatchObject({ status: 503, code: 'shutting-down' });
    expect(sources[2]!.opened).toBe(0);
  });

  it('makes way for what is in front, as long as that lasts', async () => {
    const plain = Buffer.alloc(8 * 1024 * 1024);
    const front = Promise.withResolvers<undefined>();
    digests.makeWayFor(front.promise);
    const began = performance.now();
    await digests.compute(contentOf('v1'), new MemorySource(plain));
    // 16 rests of 4 ms; a timer may be a millisecond early.
    expect(performance.now() - began).toBeGreaterThan(16 * 3);
    front.reject(new Error('Failed, so it is over as well'));
    expect(await digests.compute(contentOf('v2'), new MemorySource(plain), true)).toBe(sha256(plain));
  });

  it('lets timers and requests through while it hashes what comes at once', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    await digests.compute(contentOf('v1'), new MemorySource(Buffer.alloc(32 * 1024 * 1024)));
    clearInterval(counting);
    expect(turns).toBeGreaterThan(3);
  });

  it('forgets a storage with its files', async () => {
    await digests.remember(contentOf('v1'), 'x');
    await digests.onStorageDeleted({ storageId: 'st_2' });
    expect(await digests.find(contentOf('v1'))).toBe('x');
    await digests.onStorageDeleted({ storageId: 'st_1' });
    expect(await digests.find(contentOf('v1'))).toBeUndefined();
  });
});
