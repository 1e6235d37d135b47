import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DigestsService } from '../src/backups/digests.service.js';
import { DIGEST_MISMATCH, LINK_CONFIRMED } from '../src/common/events.js';
import { DownloadTokenStore } from '../src/download-tokens/download-token-store.js';
import type { MintedLinkDto } from '../src/downloads/minting/mint.dto.js';
import { curl, runClient, sha256 } from './support/clients.js';
import { Drawbridge, type ApiAnswer } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';
import { RawClient } from './support/raw-client.js';

describe('confirm: "digest"', () => {
  let drawbridge: Drawbridge;
  let backup: EncryptedBackup;
  let digest: string;
  const events: [string, unknown][] = [];
  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'db.sql.enc', randomBytes(3_000_000));
    digest = sha256(backup.plain);
    const emitter = drawbridge.app.get(EventEmitter2);
    for (const name of [LINK_CONFIRMED, DIGEST_MISMATCH])
      emitter.on(name, (event: unknown) => events.push([name, event]));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    events.length = 0;
  });

  const digests = () => drawbridge.app.get(DigestsService, { strict: false });
  const mint = (file = backup.file, more: Record<string, unknown> = {}) =>
    drawbridge.mint(file, { confirm: 'digest', ...more });
  const confirm = ({ url }: Pick<MintedLinkDto, 'url'>, hash: unknown): Promise<ApiAnswer> =>
    drawbridge.api('POST', url.slice(drawbridge.url.length).replace('?', '/confirm?'), { sha256: hash }, {});
  const statusOf = async (answer: Promise<ApiAnswer>) => {
    const { status, body } = await answer;
    return [status, body['code'] ?? body['state']];
  };
  /** A file of its own, whose digest nobody knows yet. */
  const fresh = (size = 200_000) =>
    writeEncryptedBackup(drawbridge.root, `${randomBytes(6).toString('hex')}.enc`, randomBytes(size));

  it('spends the link by the right SHA-256 only, and says so for a minute', async () => {
    const link = await mint();
    const counted = async () =>
      (await (await fetch(`${drawbridge.url}/metrics`)).text()).match(/^drawbridge_conf.*/gm);
    for (let round = 0; round < 2; round += 1) {
      expect((await curl(link.url)).stdout.equals(backup.plain)).toBe(true);
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    }
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    expect(await statusOf(confirm(link, sha256(Buffer.from('x'))))).toEqual([409, 'digest-mismatch']);
    expect(events).toEqual([[DIGEST_MISMATCH, { linkId: link.id, client: '127.0.0.1' }]]);
    expect((await drawbridge.link(link.id)).state).toBe('available');

    const { status, body, headers } = await confirm(link, digest.toUpperCase());
    expect([status, body]).toEqual([200, { success: true, state: 'used' }]);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(events.at(-1)).toEqual([LINK_CONFIRMED, { linkId: link.id, client: '127.0.0.1' }]);
    expect((await drawbridge.link(link.id)).state).toBe('used');
    expect((await curl(link.url)).code).toBe(22);
    expect(await counted()).toEqual([
      'drawbridge_confirmations_total{outcome="mismatch"} 1',
      'drawbridge_confirmations_total{outcome="confirmed"} 1',
    ]);
    expect(await statusOf(confirm(link, digest))).toEqual([200, 'used']);
    expect(await statusOf(confirm(link, sha256(Buffer.from('x'))))).toEqual([409, 'digest-mismatch']);
  });

  it('takes the token as a bearer too', async () => {
    const link = await mint();
    await curl(link.url);
    const token = new URL(link.url).searchParams.get('token');
    const path = '/api/storage/public-download/confirm';
    const headers = { Authorization: `Bearer ${token}` };
    expect((await drawbridge.api('POST', path, { sha256: digest }, headers)).status).toBe(200);
  });

  it('refuses what cannot be confirmed, each with its own word', async () => {
    const link = await mint();
    const early = await confirm(link, digest);
    expect([early.status, early.body['code'], early.headers.get('retry-after')]).toEqual([
      409,
      'not-downloaded',
      '2',
    ]);
    const path = '/api/storage/public-download/confirm';
    expect(await statusOf(drawbridge.api('POST', path, { sha256: digest }, {}))).toEqual([
      400,
      'token-missing',
    ]);
    expect(await statusOf(drawbridge.api('POST', `${path}?token=x`, { sha256: digest }, {}))).toEqual([
      401,
      'link-invalid',
    ]);
    for (const wrong of [undefined, '', 'abc', `${digest}0`, `z${digest.slice(1)}`, 5])
      expect(await statusOf(confirm(link, wrong))).toEqual([400, 'bad-request']);
    const plain = await drawbridge.mint(backup.file);
    expect(await statusOf(confirm(plain, digest))).toEqual([409, 'confirmation-not-awaited']);
    await drawbridge.api('DELETE', `/api/downloads/${link.id}`);
    expect(await statusOf(confirm(link, digest))).toEqual([401, 'link-invalid']);
    const many = await drawbridge.tryMint(backup.file, { confirm: 'digest', maxDownloads: 2 });
    expect([many.status, (many.body as unknown as { detail: string }).detail]).toEqual([
      400,
      expect.stringContaining('maxDownloads must be 1'),
    ]);
  });

  it('is never too quick for a small file, nor needs another pass over it', async () => {
    const verify = jest.spyOn(digests(), 'verify');
    for (let round = 0; round < 15; round += 1) {
      const { file, plain } = fresh(1 + round * 200);
      const link = await mint(file);
      const response = await fetch(link.url);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.equals(plain)).toBe(true);
      expect(await statusOf(confirm(link, sha256(bytes)))).toEqual([200, 'used']);
    }
    expect(verify).not.toHaveBeenCalled();
  });

  it('of a plain file, too', async () => {
    const link = await mint(backup.file, { decrypt: false });
    const { stdout } = await curl(link.url);
    expect(await statusOf(confirm(link, sha256(stdout)))).toEqual([200, 'used']);
    expect(sha256(stdout)).not.toBe(digest);
  });

  it('computes the SHA-256 in the background when no attempt was whole and in order', async () => {
    const { file, plain } = fresh();
    const link = await mint(file);
    for (const range of ['100000-199999', '0-99999'])
      expect((await curl(link.url, ['-r', range])).code).toBe(0);
    expect(
      await digests().find(
        (await drawbridge.app.get(DownloadTokenStore, { strict: false }).findById(link.id))!.link,
      ),
    ).toBeUndefined();
    expect(await statusOf(confirm(link, sha256(plain)))).toEqual([200, 'used']);
  });

  it('asks for patience while that takes long, and tells of its failure once', async () => {
    const { file, plain } = fresh();
    const link = await mint(file);
    await curl(link.url, ['-r', '0-150000']);
    let finish!: (hash: string) => void;
    let fail!: (error: Error) => void;
    const pass = new Promise<string>((resolve, reject) => ([finish, fail] = [resolve, reject]));
    const compute = jest.spyOn(digests(), 'compute').mockReturnValue(pass);
    const pending = await confirm(link, sha256(plain));
    expect([pending.status, pending.body['code']]).toEqual([409, 'digest-pending']);
    expect(Number(pending.headers.get('retry-after'))).toBeGreaterThan(0);
    fail(new Error('cannot be read'));
    expect(await statusOf(confirm(link, sha256(plain)))).toEqual([500, 'digest-failed']);
    expect((await drawbridge.link(link.id)).state).toBe('available');
    finish('');
    compute.mockRestore();
    expect(await statusOf(confirm(link, sha256(plain)))).toEqual([200, 'used']);
  });

  it('is never used by clients that die, whatever the connection told', async () => {
    const link = await mint();
    for (let round = 0; round < 12; round += 1) {
      const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
      await client.readBody((round * backup.plain.length) / 12 + 1);
      client.reset();
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    }
    await curl(link.url);
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
  });

  it('ends as expired at its time, and the record says that it was delivered', async () => {
    const link = await mint();
    await curl(link.url);
    await drawbridge.stateOf(link.id, ['available']);
    const store = drawbridge.app.get(DownloadTokenStore, { strict: false });
    await store.updateById(link.id, (stored, now) => ({ next: { ...stored, finishBy: now }, result: 0 }));
    expect(await statusOf(confirm(link, digest))).toEqual([401, 'link-invalid']);
    expect(await drawbridge.link(link.id)).toMatchObject({
      state: 'expired',
      reason: 'delivered, unconfirmed',
      confirm: 'digest',
    });
  });

  it.each(['curl', 'wget', 'robust', 'curlConfig'] as const)(
    'the copied %s confirms by itself',
    async (kind) => {
      const folder = await mkdtemp(join(tmpdir(), 'drawbridge-confirm-'));
      try {
        const { file, plain } = fresh(70_000);
        const link = await mint(file);
        const run = await runClient('sh', ['-c', link.commands[kind]], { cwd: folder });
        expect([run.code, run.stderr]).toEqual([0, expect.anything()]);
        expect((await readFile(join(folder, link.fileName))).equals(plain)).toBe(true);
        expect((await drawbridge.link(link.id)).state).toBe('used');
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});
