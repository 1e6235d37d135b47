import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { eventually } from './support/eventually.js';
import { Faults } from './support/faulty-storage.js';
import { Killable } from './support/killable.js';
import { Proxy } from './support/proxy.js';
import { Random } from './support/random.js';
import { RawClient } from './support/raw-client.js';
import { describeWithProgram } from './support/service.js';

const SIZE = 8_000_000;
const PLAIN = randomBytes(SIZE);
const FILE = 'backup.sql.enc';
const random = new Random();
const faults = new Faults();

let drawbridge: Drawbridge;
let path: string;
beforeAll(async () => {
  // haproxy keeps its connections to us: there only silence tells that all is well.
  const settings = { TRUSTED_PROXIES: '127.0.0.1', DELIVERY_GRACE_MS: '1000' };
  drawbridge = await Drawbridge.start(settings, undefined, [faults.storageKind]);
  await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  writeEncryptedBackup(drawbridge.root, LARGE_FILE, randomBytes(LARGE));
  ({ path } = writeEncryptedBackup(drawbridge.root, FILE, PLAIN));
});
afterAll(async () => {
  await drawbridge.stop();
});

const TUNED = {
  location:
    'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_buffer_size 8k;',
  listen: 'sndbuf=16k',
};
const PROXIES = [
  ['nginx', 'nginx', (upstream: string) => Proxy.nginx(upstream)],
  ['nginx without buffers', 'nginx', (upstream: string) => Proxy.nginx(upstream, TUNED)],
  ['haproxy', 'haproxy', (upstream: string) => Proxy.haproxy(upstream)],
] as const;

const KILLS = 30;
/** Long enough for a proxy to take all it can, shorter than the grace time. */
const STALL_MS = 300;
const LARGE_FILE = 'large.sql.enc';
const LARGE = 24_000_000;
/** What the proxy and the kernels around it may hold that their client has not read. */
const UNSEEN_BEHIND_A_PROXY = 16_000_000;

for (const [name, program, start] of PROXIES)
  describeWithProgram([program, 'curl', 'sha256sum'], `behind ${name} (TEST_SEED=${random.seed})`, () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await start(drawbridge.url);
    });
    afterAll(async () => {
      await proxy.stop();
    });

    it('a whole download is right, its link used, and its client known by X-Forwarded-For', async () => {
      for (const version of ['--http1.1', '-0']) {
        const link = await drawbridge.mint(FILE);
        const forged = ['--interface', '127.0.0.3', '-H', 'X-Forwarded-For: 192.0.2.1'];
        const { code, stdout } = await curl(proxy.through(link.url), [version, ...forged]);
        expect(code).toBe(0);
        expect(stdout.equals(PLAIN)).toBe(true);
        expect(await drawbridge.stateOf(link.id, ['used'], 20_000)).toBe('used');
        expect((await drawbridge.link(link.id)).transfers).toMatchObject([{ client: '127.0.0.3' }]);
      }
    });

    it('a damaged file never ends well, and the link lives', async () => {
      for (const offset of [0, random.int(1, SIZE - 65_537), random.int(SIZE - 65_536, SIZE - 1)])
        await withFlippedBit(offset, async () => {
          const link = await drawbridge.mint(FILE);
          for (const version of ['--http1.1', '-0']) {
            const { code, stdout } = await curl(proxy.through(link.url), [version]);
            expect({ offset, version, code }).not.toMatchObject({ code: 0 });
            expect(stdout.length).toBeLessThan(SIZE);
            expect(await drawbridge.stateOf(link.id, ['available'], 20_000)).toBe('available');
          }
        });
    });

    it('with a confirmed digest no killed client uses its link, and one that lives does', async () => {
      let left = name === 'nginx' ? 100 : 20;
      const states: string[] = [];
      faults.set(FILE, { kind: 'slow', ms: 1 });
      const worker = async () => {
        while (left-- > 0) states.push(await killedBeforeConfirming(proxy));
      };
      await Promise.all(Array.from({ length: 10 }, worker));
      faults.clear();
      expect(states.filter((state) => state !== 'available')).toEqual([]);
      const link = await drawbridge.mint(FILE, { confirm: 'digest' });
      await inFolder(async (folder) => {
        const whole = Killable.start(confirming(proxy.through(link.url)), folder);
        expect(await whole.ended).toBe(0);
      });
      expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    }, 120_000);

    it('without one, a client that dies with much still to come keeps its link; the rest is counted', async () => {
      const used = { atOnce: 0, afterStalling: 0 };
      for (let kill = 0; kill < KILLS; kill++) {
        const stallMs = kill % 2 === 0 ? 0 : STALL_MS;
        const left = random.int(200_000, LARGE);
        if ((await killed(proxy, LARGE - left, stallMs)) !== 'used') continue;
        used[stallMs === 0 ? 'atOnce' : 'afterStalling']++;
        expect(left).toBeLessThan(UNSEEN_BEHIND_A_PROXY);
      }
      process.stdout.write(
        `behind ${name}, of ${KILLS / 2} each, killed and used: ${JSON.stringify(used)}\n`,
      );
    }, 60_000);

    if (program === 'nginx')
      it('nothing was ever kept on the disk of the proxy', () => {
        expect(proxy.temporaryFolders()).toEqual([]);
      });
  });

/** Downloads, and says what it has, in one line as people would. */
const confirming = (url: string) => ({
  program: 'sh',
  args: [
    '-c',
    `curl -sS -f -o file "$1" && d=$(sha256sum < file | cut -c 1-64) &&
     curl -sS -f -X POST -H 'Content-Type: application/json' -d "{\\"sha256\\":\\"$d\\"}" "$2"`,
    'sh',
    url,
    url.replace('public-download', 'public-download/confirm'),
  ],
});

/** Kills a client that wants to confirm, somewhere in its download, with -9. */
async function killedBeforeConfirming(proxy: Proxy): Promise<string> {
  const link = await drawbridge.mint(FILE, { confirm: 'digest' });
  await inFolder(async (folder) => {
    const client = Killable.start(confirming(proxy.through(link.url)), folder);
    await client.hasSaved(random.int(1, SIZE - 2_000_000), folder).finally(() => client.kill());
    // One that ended by itself was not killed.
    expect(await client.ended).toBeNull();
  });
  return settled(link.id);
}

/** Ends a client as the system does when it is killed, while it has not read everything. */
async function killed(proxy: Proxy, offset: number, stallMs: number): Promise<string> {
  const link = await drawbridge.mint(LARGE_FILE);
  const client = await RawClient.request(proxy.through(link.url), 'HTTP/1.1\r\n');
  await client.readBody(offset);
  if (stallMs > 0) await new Promise((resolve) => setTimeout(resolve, stallMs));
  client.destroy();
  return settled(link.id);
}

const settled = (id: string) => drawbridge.stateOf(id, ['available', 'used'], 20_000);

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-proxied-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withFlippedBit(offset: number, action: () => Promise<void>): Promise<void> {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  try {
    readSync(file, byte, 0, 1, offset);
    writeSync(file, Buffer.from([byte.readUInt8(0) ^ 0x10]), 0, 1, offset);
    await action();
    writeSync(file, byte, 0, 1, offset);
  } finally {
    closeSync(file);
  }
}

describeWithProgram('nginx', 'nginx that is told to ignore what we ask for', () => {
  it('keeps plaintext on its disk, so that the test above would see it', async () => {
    const proxy = await Proxy.nginx(drawbridge.url, { location: 'proxy_ignore_headers X-Accel-Buffering;' });
    try {
      const link = await drawbridge.mint(LARGE_FILE);
      const client = await RawClient.request(proxy.through(link.url), 'HTTP/1.1\r\n');
      await client.readBody(100_000);
      await eventually('a temporary file', () => proxy.temporaryFolders().length > 0, 20_000);
      client.destroy();
    } finally {
      await proxy.stop();
    }
  });
});
