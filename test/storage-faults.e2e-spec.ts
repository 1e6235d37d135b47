import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MintedLinkDto } from '../src/downloads/minting/mint.dto.js';
import { curl, wget } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { eventually } from './support/eventually.js';
import { Faults, type Fault } from './support/faulty-storage.js';
import { Random } from './support/random.js';
import { RawClient } from './support/raw-client.js';

const SIZE = 3_000_000;
const PLAIN = randomBytes(SIZE);
const FILES = { encrypted: 'backup.sql.enc', plain: 'backup.sql' };
const random = new Random();

/** Where reads fail: the edges, the end that is held back, and anywhere. */
const offsets = () => [0, random.int(1, SIZE - 65_537), random.int(SIZE - 65_536, SIZE - 1)];

interface Case {
  readonly name: string;
  readonly fault: (at: number) => Fault;
  /** Of the attempt, in the record. */
  readonly reason: string;
  /** What becomes of the link; given back unless something else is said. */
  readonly state?: string;
  /** Where nothing in the bytes or the reads could tell. */
  readonly onlyEncrypted?: boolean;
}

const CASES: readonly Case[] = [
  {
    name: 'a cut',
    fault: (at) => ({ kind: 'error', code: 'unreachable', at }),
    reason: 'storage-unreachable',
  },
  {
    name: 'a wrong answer',
    fault: (at) => ({ kind: 'error', code: 'protocol', at }),
    reason: 'storage-protocol',
  },
  {
    name: 'changed content',
    fault: (at) => ({ kind: 'error', code: 'changed', at }),
    reason: 'storage-changed',
    state: 'revoked',
  },
  { name: 'an error of nobody', fault: (at) => ({ kind: 'crash', at }), reason: 'internal' },
  { name: 'a short read', fault: (at) => ({ kind: 'short', at }), reason: 'internal' },
  { name: 'a long read', fault: (at) => ({ kind: 'long', bytes: 1 + (at % 100_000) }), reason: 'internal' },
  {
    name: 'a flipped bit',
    fault: (at) => ({ kind: 'flip', at }),
    reason: 'not-authentic',
    onlyEncrypted: true,
  },
];

/** curl: cut, refused; wget: network, refused. */
const FAILURES = [18, 22, 4, 8];
const CLIENTS = {
  curl: (url: string) => curl(url),
  'curl -0': (url: string) => curl(url, ['-0']),
  wget: (url: string) => wget(url),
};

describe(`a storage that fails while it is read (TEST_SEED=${random.seed})`, () => {
  const faults = new Faults();
  let drawbridge: Drawbridge;

  beforeAll(async () => {
    drawbridge = await Drawbridge.start({}, undefined, [faults.storageKind]);
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    writeEncryptedBackup(drawbridge.root, FILES.encrypted, PLAIN);
    writeFileSync(join(drawbridge.root, FILES.plain), PLAIN);
  });
  afterEach(() => {
    faults.clear();
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  const lastAttempt = async (id: string) => {
    const last = (await drawbridge.link(id)).transfers.flatMap(({ attempts }) => attempts).at(-1);
    return { outcome: last?.outcome, reason: last?.reason };
  };

  /** Each client on a link of its own, all at once. */
  async function all(links: readonly MintedLinkDto[], state: string) {
    const fetching = Object.entries(CLIENTS).map(async ([name, fetchIt], index) => {
      const { url, id } = links[index] as MintedLinkDto;
      const { code, stdout } = await fetchIt(url);
      const ending = {
        code: FAILURES.includes(code ?? 0) ? 'an error' : code,
        whole: stdout.equals(PLAIN),
        state: await drawbridge.stateOf(id, [state], 20_000),
      };
      return [name, { ...ending, ...(await lastAttempt(id)) }] as const;
    });
    return Object.fromEntries(await Promise.all(fetching));
  }
  const eachClient = <T>(what: T) => Object.fromEntries(Object.keys(CLIENTS).map((name) => [name, what]));

  describe.each(Object.entries(FILES))('%s file', (form, file) => {
    const cases = CASES.filter(({ onlyEncrypted }) => !onlyEncrypted || form === 'encrypted');
    it.each(cases.map((one) => [one.name, one] as const))(
      '%s: no client ends well, the record says why',
      async (_, { fault, reason, state = 'available' }) => {
        for (const at of offsets()) {
          const links = await Promise.all(Object.keys(CLIENTS).map(() => drawbridge.mint(file)));
          faults.set(file, fault(at));
          const failed = { code: 'an error', whole: false, state, outcome: 'failed', reason };
          expect({ at, ...(await all(links, state)) }).toEqual({ at, ...eachClient(failed) });
          faults.clear();
          if (state !== 'available') continue;
          const good = { code: 0, whole: true, state: 'used', outcome: 'delivered', reason: 'fin' };
          expect({ at, ...(await all(links, 'used')) }).toEqual({ at, ...eachClient(good) });
        }
      },
      60_000,
    );

    it('before the first byte: an answer that says so, and the link lives', async () => {
      const link = await drawbridge.mint(file);
      faults.set(file, { kind: 'error', code: 'unreachable', at: 0 });
      const response = await fetch(link.url);
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ code: 'download-failed', success: false });
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    });

    it.each(['stall', 'deaf'] as const)('%s: the link is free when the client has left', async (kind) => {
      for (const at of offsets()) {
        const link = await drawbridge.mint(file);
        faults.set(file, { kind, at });
        const stalled = faults.stalled;
        const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
        await eventually('the read stalls', () => faults.stalled > stalled, 5_000);
        expect((await drawbridge.link(link.id)).state).toBe('active');
        client.reset();
        expect([at, await drawbridge.stateOf(link.id, ['available'], 20_000)]).toEqual([at, 'available']);
        expect(await lastAttempt(link.id)).toMatchObject({ outcome: 'broken', reason: 'connection-lost' });
        if (kind === 'stall') expect(faults.stalled).toBe(stalled);
        faults.clear();
        expect((await curl(link.url)).stdout.equals(PLAIN)).toBe(true);
      }
    });
  });
});
