import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ATTEMPT_ENDED, type AttemptEndedEvent } from '../src/common/events.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { play, randomCase, silenceDecides, type KillCase } from './support/kill-case.js';
import { Random } from './support/random.js';
import { inFull } from './support/service.js';

const CASES = Number(process.env.KILL_CASES ?? (inFull ? 2_000 : 300));
const SIDE_BY_SIDE = 40;
/** How long a verdict may take that needs no silence: below the grace time of the service that is asked. */
const VERDICT_MS = 60_000;
const random = new Random();

const KIB = 1024;
const SIZES = [0, 1, 17, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 100_000, 100_000, 200_000, 1_000_000];
const FILES = [...SIZES, random.int(1, 8 * KIB * KIB), random.int(1, 8 * KIB * KIB), 8 * KIB * KIB].map(
  (size, index) => ({
    file: `backup-${index}.sql${index % 4 === 3 ? '' : '.enc'}`,
    size,
    plain: randomBytes(size),
  }),
);

interface Outcome {
  readonly one: KillCase;
  readonly linkId: string;
  readonly service: Drawbridge;
  readonly complete: boolean;
  readonly right: boolean;
}

describe(`${CASES} clients that end in every way, anywhere (TEST_SEED=${random.seed})`, () => {
  /** With the grace time as it is. */
  let patient: Drawbridge;
  /** With a short one, where only silence may tell. */
  let brief: Drawbridge;

  beforeAll(async () => {
    patient = await Drawbridge.start();
    brief = await Drawbridge.start({ DELIVERY_GRACE_MS: '1000' });
    for (const service of [patient, brief]) {
      await service.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
      for (const { file, plain } of FILES)
        if (file.endsWith('.enc')) writeEncryptedBackup(service.root, file, plain);
        else writeFileSync(join(service.root, file), plain);
    }
  });
  afterAll(async () => {
    await Promise.all([patient.stop(), brief.stop()]);
  });

  /** Resolves when the link's attempt is over and written down. */
  function ended(service: Drawbridge): (linkId: string) => Promise<void> {
    const events = service.app.get(EventEmitter2);
    const over = new Set<string>();
    const waiting = new Map<string, () => void>();
    events.on(ATTEMPT_ENDED, ({ linkId }: AttemptEndedEvent) => {
      over.add(linkId);
      waiting.get(linkId)?.();
    });
    return async (linkId) => {
      if (over.has(linkId)) return;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        waiting.set(linkId, resolve);
        timer = setTimeout(() => {
          reject(new Error(`No verdict within ${VERDICT_MS} ms`));
        }, VERDICT_MS);
      });
      clearTimeout(timer);
    };
  }

  it('a link is used exactly when its client has every byte', async () => {
    const over = new Map([patient, brief].map((service) => [service, ended(service)]));
    const outcomes: Outcome[] = [];
    let left = CASES;
    const worker = async () => {
      while (left-- > 0) {
        const one = randomCase(random, FILES);
        const service = silenceDecides(one) ? brief : patient;
        const { linkId, body } = await play(service, one);
        const plain = FILES.find(({ file }) => file === one.file)?.plain;
        const complete = body?.length === one.size;
        const right = body === undefined || plain?.subarray(0, body.length).equals(body) === true;
        outcomes.push({ one, linkId, service, complete, right });
        // A client that leaves before the head may never have been heard; the last look below is for those.
        if (one.offset < 0 && !complete) continue;
        await over
          .get(service)?.(linkId)
          .catch((error: unknown) => {
            throw new Error(`In ${JSON.stringify(one)}`, { cause: error });
          });
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));

    const counts = { complete: 0, incomplete: 0, usedAndUndelivered: 0, deliveredAndKept: 0 };
    const wrong: unknown[] = [];
    for (const { one, linkId, service, complete, right } of outcomes) {
      const { state, transfers } = await service.link(linkId);
      const used = state === 'used';
      const reset = one.ending === 'rst';
      counts[complete ? 'complete' : 'incomplete'] += 1;
      if (used && !complete) counts.usedAndUndelivered += 1;
      if (complete && !used) counts.deliveredAndKept += 1;
      // Complete, then a reset: that cannot be told from a client that had not read it all.
      if (!right || (used && !complete) || (complete && !used && !reset))
        wrong.push({
          ...one,
          complete,
          right,
          state,
          attempts: transfers.flatMap(({ attempts }) => attempts),
        });
    }
    process.stdout.write(`kill matrix, ${CASES} cases, seed ${random.seed}: ${JSON.stringify(counts)}\n`);
    expect(wrong).toEqual([]);
    expect(counts.usedAndUndelivered).toBe(0);
    expect(counts.complete + counts.incomplete).toBe(CASES);
    // The dice must have left both kinds enough of a chance.
    expect(Math.min(counts.complete, counts.incomplete)).toBeGreaterThan(CASES / 10);
  }, 600_000);
});
