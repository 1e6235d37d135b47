import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { LinkWithTransfersDto } from '../src/downloads/links/links.dto.js';
import { curl, sha256 } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { Gate } from './support/gated-storage.js';

const PLAIN = randomBytes(600_000);
const WITHIN_MS = 10_000;

/** Waits for what the record of a link says. */
async function linkWhen(
  drawbridge: Drawbridge,
  id: string,
  holds: (link: LinkWithTransfersDto) => boolean,
): Promise<LinkWithTransfersDto> {
  const until = performance.now() + WITHIN_MS;
  for (;;) {
    const link = await drawbridge.link(id);
    if (holds(link)) return link;
    if (performance.now() > until) throw new Error(`The link is ${JSON.stringify(link)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const visit = (url: string) => fetch(url, { headers: { Accept: 'text/html' } });

describe('verify: "first"', () => {
  const gate = new Gate();
  let drawbridge: Drawbridge;
  let number = 0;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start({ DELIVERY_GRACE_MS: '300' }, undefined, [gate.storageKind]);
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  });
  afterEach(() => {
    gate.open();
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  const newBackup = () => writeEncryptedBackup(drawbridge.root, `v${(number += 1)}.sql.enc`, PLAIN);
  const mintFirst = (file: string, options = {}) => drawbridge.mint(file, { verify: 'first', ...options });

  it('delivers after all was read and found right, and its time to start counts from then', async () => {
    const { file } = newBackup();
    gate.shut();
    const minted = await mintFirst(file, { ttlMs: 1_000 });
    expect(minted.sha256).toBeUndefined();
    const early = await drawbridge.link(minted.id);
    expect(early).toMatchObject({ state: 'available', verification: 'running' });
    const bornUntil = Date.parse(early.expiresAt);

    // Whatever is asked, and however long it takes: the link waits.
    await linkWhen(drawbridge, minted.id, () => Date.now() > bornUntil + 500);
    for (const init of [{}, { method: 'HEAD' }, { method: 'POST' }, { headers: { Range: 'bytes=0-0' } }]) {
      const response = await fetch(minted.url, init);
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(2);
      expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(30);
      if (init.method !== 'HEAD')
        expect(await response.json()).toMatchObject({ code: 'verification-running' });
    }

    const waitingPage = await visit(minted.url);
    expect(waitingPage.status).toBe(200);
    expect(Number(waitingPage.headers.get('refresh'))).toBeGreaterThanOrEqual(2);
    expect(await waitingPage.text()).not.toContain('<button');

    const opened = Date.now();
    gate.open();
    const passed = await linkWhen(drawbridge, minted.id, ({ verification }) => verification === 'passed');
    expect(Date.parse(passed.expiresAt)).toBeGreaterThanOrEqual(opened + 1_000);

    const reader = await drawbridge.mint(file);
    const page = await visit(reader.url);
    expect(page.headers.get('refresh')).toBeNull();
    expect(await page.text()).toContain('<button');
    expect(reader.sha256).toBe(sha256(PLAIN));
    const { code, stdout } = await curl(reader.url);
    expect({ code, right: stdout.equals(PLAIN) }).toEqual({ code: 0, right: true });
  });

  it('is downloaded by the robust command, which waits for it', async () => {
    const { file } = newBackup();
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-verify-'));
    try {
      gate.shut();
      const minted = await mintFirst(file);
      const shell = spawn('sh', ['-c', minted.commands.robust], { cwd: folder, stdio: 'pipe' });
      const ended = new Promise((resolve) => shell.once('close', resolve));
      let errors = '';
      await new Promise<void>((resolve) => {
        shell.stderr.setEncoding('utf8').on('data', (text: string) => {
          errors += text;
          if (errors.includes('503')) resolve();
        });
      });
      gate.open();
      expect(await ended).toBe(0);
      expect(readFileSync(join(folder, minted.fileName)).equals(PLAIN)).toBe(true);
      expect(await drawbridge.stateOf(minted.id, ['used'])).toBe('used');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends the link when the content is damaged', async () => {
    const { file, path } = newBackup();
    const bytes = readFileSync(path);
    bytes[300_000]! ^= 1;
    writeFileSync(path, bytes);
    const minted = await mintFirst(file);
    const link = await linkWhen(drawbridge, minted.id, ({ state }) => state === 'revoked');
    expect(link).toMatchObject({ reason: 'damaged', verification: 'failed' });
    const response = await fetch(minted.url);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'link-invalid' });
  });

  it('ends the link when the content is replaced meanwhile', async () => {
    const { file } = newBackup();
    gate.shut();
    const minted = await mintFirst(file);
    writeEncryptedBackup(drawbridge.root, file, PLAIN);
    gate.open();
    const link = await linkWhen(drawbridge, minted.id, ({ state }) => state === 'revoked');
    expect(link).toMatchObject({ reason: 'changed', verification: 'failed' });
  });

  it('needs no second reading of what was verified before', async () => {
    const { file } = newBackup();
    const first = await mintFirst(file);
    await linkWhen(drawbridge, first.id, ({ verification }) => verification === 'passed');
    const { reads } = gate;
    const second = await mintFirst(file);
    expect(await drawbridge.link(second.id)).toMatchObject({ verification: 'passed' });
    expect(gate.reads).toBe(reads);
    expect(second.sha256).toBe(sha256(PLAIN));
    expect(second.commands.robust).toContain(sha256(PLAIN));
    const digest = `sha-256=:${Buffer.from(sha256(PLAIN), 'hex').toString('base64')}:`;
    for (const init of [{ method: 'HEAD' }, { headers: { Range: 'bytes=5-9' } }, {}]) {
      const response = await fetch(second.url, init);
      expect(response.headers.get('repr-digest')).toBe(digest);
      await response.arrayBuffer();
    }
  });

  it('reads once for two links to the same content', async () => {
    const { file } = newBackup();
    gate.shut();
    const { reads } = gate;
    const links = [await mintFirst(file), await mintFirst(file)];
    gate.open();
    for (const { id } of links)
      await linkWhen(drawbridge, id, ({ verification }) => verification === 'passed');
    expect(gate.reads).toBe(reads + 1);
  });

  it('is tried again by the next client when the storage did not answer', async () => {
    const { file } = newBackup();
    gate.failures = 1;
    const minted = await mintFirst(file);
    await linkWhen(drawbridge, minted.id, () => gate.failures === 0);
    expect(await drawbridge.link(minted.id)).toMatchObject({ state: 'available', verification: 'running' });
    const statuses: number[] = [];
    while (statuses.at(-1) !== 200 && statuses.length < 200) {
      const response = await fetch(minted.url);
      await response.arrayBuffer();
      statuses.push(response.status);
    }
    expect(statuses[0]).toBe(503);
    expect(new Set(statuses)).toEqual(new Set([503, 200]));
  });

  it('can be revoked while it runs', async () => {
    const { file } = newBackup();
    gate.shut();
    const minted = await mintFirst(file);
    expect((await drawbridge.api('DELETE', `/api/downloads/${minted.id}`)).status).toBe(204);
    gate.open();
    const again = await mintFirst(file);
    await linkWhen(drawbridge, again.id, ({ verification }) => verification === 'passed');
    expect(await drawbridge.link(minted.id)).toMatchObject({ state: 'revoked', verification: null });
    expect((await fetch(minted.url)).status).toBe(401);
  });

  it('goes on after a restart', async () => {
    const { file } = newBackup();
    const home = mkdtempSync(join(tmpdir(), 'drawbridge-verify-'));
    const environment = { DATA_DIR: home, LOCAL_STORAGE_ROOTS: drawbridge.root, DELIVERY_GRACE_MS: '300' };
    const before = await Drawbridge.start(environment, undefined, [gate.storageKind]);
    await before.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    const storage = { name: 'Shared', adapter: 'gated', config: { root: drawbridge.root } };
    before.storageId = (await before.api<{ id: string }>('POST', '/api/storage', storage)).body.id;
    gate.shut();
    const minted = await before.mint(file, { verify: 'first' });
    const { reads } = gate;
    await before.stop();
    const after = await Drawbridge.start(environment, before, [gate.storageKind]);
    try {
      await linkWhen(after, minted.id, () => gate.reads > reads);
      expect(await after.link(minted.id)).toMatchObject({ state: 'available', verification: 'running' });
      gate.open();
      await linkWhen(after, minted.id, ({ verification }) => verification === 'passed');
      const token = new URL(minted.url).searchParams.get('token') ?? '';
      const { code, stdout } = await curl(`${after.url}/api/storage/public-download?token=${token}`);
      expect({ code, right: stdout.equals(PLAIN) }).toEqual({ code: 0, right: true });
    } finally {
      await after.stop();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
