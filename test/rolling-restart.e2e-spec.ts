import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DrawbridgeHome, type DrawbridgeProcess } from './support/drawbridge-process.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { freePort } from './support/free-port.js';
import { withTestDatabase } from './support/postgres-database.js';
import { describeWithVariable } from './support/service.js';

const PLAIN = randomBytes(2_000_000);
const CLIENTS = 6;

/** What the ready command tries again: nobody there, a connection that broke, "later". */
const LATER = new Set([409, 429, 503]);

describeWithVariable('TEST_POSTGRES_URL', 'a rolling restart under load (G30)', () => {
  const home = new DrawbridgeHome();
  const replicas: DrawbridgeProcess[] = [];
  let ports: number[];
  let database: Awaited<ReturnType<typeof withTestDatabase>>;
  let environment: Record<string, string>;
  let file: string;

  beforeAll(async () => {
    database = await withTestDatabase();
    environment = {
      DATABASE_URL: database.location.url ?? '',
      ENCRYPTION_KEY: randomBytes(32).toString('hex'),
      DELIVERY_GRACE_MS: '1000',
    };
    ports = [await freePort(), await freePort()];
    for (const index of [0, 1]) await start(index);
    await replicas[0]?.addStorage(home.root);
    await replicas[0]?.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    ({ file } = writeEncryptedBackup(home.root, 'db.sql.enc', PLAIN));
  }, 60_000);
  afterAll(async () => {
    await home.remove();
    await database.remove();
  });

  async function start(index: number): Promise<void> {
    const replica = home.launch(ports[index] ?? 0, environment);
    await replica.says('Drawbridge is listening');
    replicas[index] = replica;
  }

  /** Asks one replica after the other, as through a balancer that knows nothing, until one answers. */
  async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: Buffer }> {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await fetch(`http://127.0.0.1:${ports[attempt % 2]}${path}`, init);
        const body = Buffer.from(await response.arrayBuffer());
        if (!LATER.has(response.status)) return { status: response.status, body };
      } catch (error) {
        if (attempt > 100) throw error;
      }
      await sleep(100);
    }
  }

  async function downloadOnce(storageId: string): Promise<string> {
    const minted = await ask(`/api/storage/${storageId}/download-url`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${home.adminKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ file }),
    });
    const { url, id } = JSON.parse(minted.body.toString()) as { url: string; id: string };
    const { status, body } = await ask(new URL(url).pathname + new URL(url).search);
    expect(status).toBe(200);
    expect(body.equals(PLAIN)).toBe(true);
    return id;
  }

  it('loses no download: each arrives whole, once', async () => {
    const { storageId } = replicas[0] ?? { storageId: '' };
    let over = false;
    const ids: string[] = [];
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (!over) ids.push(await downloadOnce(storageId));
    });
    for (const index of [0, 1, 0, 1]) {
      const before = ids.length;
      expect(await replicas[index]?.end('SIGTERM')).toEqual({ code: 0, signal: null });
      await start(index);
      while (ids.length < before + CLIENTS) await sleep(20);
    }
    over = true;
    await Promise.all(clients);
    expect(ids.length).toBeGreaterThan(4 * CLIENTS);
    for (const id of ids) expect(await replicas[0]?.stateOf(id, ['used'], 20_000)).toBe('used');
  }, 120_000);
});
