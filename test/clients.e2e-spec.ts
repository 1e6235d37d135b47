import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { Faults } from './support/faulty-storage.js';
import { Killable, savedIn } from './support/killable.js';
import { Random } from './support/random.js';
import { RESUMING_CLIENTS, type ResumingClient } from './support/resuming-clients.js';
import { describeWithProgram } from './support/service.js';

const KILLS = 10;
const MB = 1_000_000;
/** Some 8 MB a second, so that kills come in the middle: clients' own limits let too much through at first. */
const SLOW = { kind: 'slow', ms: 8 } as const;
const random = new Random();

describe(`clients that go on where they stopped (TEST_SEED=${random.seed})`, () => {
  const faults = new Faults();
  let drawbridge: Drawbridge;
  let folder: string;

  beforeAll(async () => {
    drawbridge = await Drawbridge.start({}, undefined, [faults.storageKind]);
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-client-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const settled = (id: string) => drawbridge.stateOf(id, ['available', 'used', 'revoked'], 10_000);
  const saved = (name: string) => readFileSync(join(folder, name));

  for (const client of RESUMING_CLIENTS)
    describeWithProgram([...client.programs, 'curl'], client.name, () => {
      it(`killed ${KILLS} times with -9 it ends byte for byte right on one link`, async () => {
        const plain = randomBytes(random.int(5, 12) * MB + random.int(0, 999));
        const { file } = writeEncryptedBackup(drawbridge.root, 'resumed.sql.enc', plain);
        const link = await drawbridge.mint(file);
        faults.set(file, SLOW);
        for (let kill = 0; kill < KILLS; kill++) {
          const before = savedIn(folder);
          const running = Killable.start(client.command(link), folder);
          try {
            // Leaves enough for the kills to come.
            await running.hasSaved(
              before + random.int(1, (plain.length - before) / (KILLS + 2 - kill)),
              folder,
            );
            if (kill === 0) expect(await askElsewhere(link.url)).toBe('409');
          } finally {
            await running.kill();
          }
          expect({ kill, state: await settled(link.id) }).toMatchObject({ state: 'available' });
        }
        faults.clear();
        const last = Killable.start(client.command(link), folder);
        expect(await last.ended).toBe(0);
        expect(saved(link.fileName).equals(plain)).toBe(true);
        expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
        const { transfers } = await drawbridge.link(link.id);
        expect(transfers).toHaveLength(1);
        expect(transfers[0]?.attempts.length).toBeGreaterThan(KILLS);
      }, 120_000);
    });

  /** The status that a client at another address gets. */
  async function askElsewhere(url: string): Promise<string> {
    const elsewhere = ['--interface', '127.0.0.2', '-o', '/dev/null', '-w', '%{http_code}'];
    return (await curl(url, elsewhere)).stdout.toString();
  }

  describeWithProgram('curl', 'over a damaged file', () => {
    const plain = randomBytes(8 * MB);
    const half = plain.length / 2;
    const byCurl = RESUMING_CLIENTS[0] as ResumingClient;
    let file: string;
    let path: string;
    beforeEach(() => {
      ({ file, path } = writeEncryptedBackup(drawbridge.root, 'damaged.sql.enc', plain));
    });

    /** Flips one bit, as a failing disk does or, with the time it leaves behind, as a program. */
    function flip(offset: number, { keepTime = false } = {}): void {
      const reference = join(folder, 'time');
      if (keepTime) execFileSync('touch', ['-r', path, reference]);
      const handle = openSync(path, 'r+');
      const byte = Buffer.alloc(1);
      readSync(handle, byte, 0, 1, offset);
      writeSync(handle, Buffer.from([byte.readUInt8(0) ^ 1]), 0, 1, offset);
      closeSync(handle);
      if (keepTime) execFileSync('touch', ['-r', reference, path]);
    }

    async function firstHalf(link: Awaited<ReturnType<Drawbridge['mint']>>): Promise<void> {
      faults.set(file, SLOW);
      const running = Killable.start(byCurl.command(link), folder);
      await running.hasSaved(half, folder);
      await running.kill();
      faults.clear();
      expect(await settled(link.id)).toBe('available');
    }

    it('the half that was delivered is damaged: the rest ends in an error and the link lives', async () => {
      flip(random.int(0, half / 2));
      const link = await drawbridge.mint(file);
      await firstHalf(link);
      expect([18, 22]).toContain(await Killable.start(byCurl.command(link), folder).ended);
      expect(await settled(link.id)).toBe('available');
      expect(saved(link.fileName).length).toBeLessThan(plain.length);
    });

    it('what was delivered is damaged afterwards: the rest ends in an error and the link is not used', async () => {
      const link = await drawbridge.mint(file);
      await firstHalf(link);
      flip(random.int(0, half / 2));
      expect(await Killable.start(byCurl.command(link), folder).ended).toBe(22);
      expect(await drawbridge.link(link.id)).toMatchObject({ state: 'revoked', reason: 'changed' });
    });

    it('the same, by a disk that leaves the time alone: never a whole file that is wrong', async () => {
      const link = await drawbridge.mint(file);
      await firstHalf(link);
      flip(random.int(0, half / 2), { keepTime: true });
      const code = await Killable.start(byCurl.command(link), folder).ended;
      const right = saved(link.fileName).equals(plain);
      expect([code === 0, await settled(link.id)]).toEqual([right, right ? 'used' : 'available']);
    });

    it('the tail on a new link, over what an old one left: an error, and the new link lives', async () => {
      flip(random.int(0, half / 2));
      await firstHalf(await drawbridge.mint(file));
      const link = await drawbridge.mint(file);
      expect([18, 22]).toContain(await Killable.start(byCurl.command(link), folder).ended);
      expect(await settled(link.id)).toBe('available');
      expect(saved(link.fileName).length).toBeLessThan(plain.length);
    });
  });
});
