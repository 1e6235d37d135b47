import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReceiptDto } from '../src/downloads/receipts/receipt.dto.js';
import { curl, sha256 } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';
import { RawClient } from './support/raw-client.js';

describe('receipts', () => {
  let drawbridge: Drawbridge;
  let backup: EncryptedBackup;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'a/db.sql.enc', randomBytes(3_000_000));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  const receiptOf = async (id: string) =>
    (await drawbridge.api<ReceiptDto>('GET', `/api/downloads/${id}/receipt`)).body;

  it('tell of a link from before its first request to its use', async () => {
    const link = await drawbridge.mint(backup.file);
    expect(await receiptOf(link.id)).toMatchObject({
      delivered: false,
      why: 'not requested yet',
      attempts: 0,
      startedAt: null,
    });
    const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
    await client.readBody(1_000_000);
    expect(await receiptOf(link.id)).toMatchObject({ state: 'active', why: 'in progress', finishedAt: null });
    client.reset();
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    expect((await receiptOf(link.id)).why).toMatch(/^broken off: /);
    await curl(link.url);
    expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    const { length } = backup.plain;
    const receipt = await receiptOf(link.id);
    expect(receipt).toMatchObject({
      id: link.id,
      state: 'used',
      delivered: true,
      why: 'the client ended the connection after it had acknowledged every byte',
      file: 'a/db.sql.enc',
      fileName: 'db.sql',
      size: length,
      sha256: null,
      verifiedBy: 'tag',
      clients: [
        { address: '127.0.0.1', userAgent: '' },
        { address: '127.0.0.1', userAgent: expect.stringMatching(/^curl\//) },
      ],
      attempts: 2,
      ranges: [{ start: 0, end: length }],
      confirmedAt: null,
    });
    expect(receipt.bytesSent).toBeGreaterThan(length);
    expect(receipt.durationMs).toBe(
      Date.parse(receipt.finishedAt ?? '') - Date.parse(receipt.startedAt ?? ''),
    );
  });

  it('hold what the client confirmed', async () => {
    const link = await drawbridge.mint(backup.file, { confirm: 'digest' });
    await curl(link.url);
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    const digest = sha256(backup.plain);
    expect(await receiptOf(link.id)).toMatchObject({
      delivered: false,
      why: 'the client has not confirmed it yet',
      sha256: digest,
    });
    const confirm = link.url.slice(drawbridge.url.length).replace('?', '/confirm?');
    expect((await drawbridge.api('POST', confirm, { sha256: digest }, {})).status).toBe(200);
    expect(await receiptOf(link.id)).toMatchObject({
      state: 'used',
      delivered: true,
      why: 'the client confirmed it by its SHA-256',
      sha256: digest,
      verifiedBy: 'client-digest',
      confirmedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('say why a link was never used', async () => {
    const revoked = await drawbridge.mint(backup.file);
    await drawbridge.api('DELETE', `/api/downloads/${revoked.id}`);
    expect(await receiptOf(revoked.id)).toMatchObject({ delivered: false, why: 'revoked unused: by-user' });
    const short = await drawbridge.mint(backup.file, { ttlMs: 1_000 });
    expect(await drawbridge.stateOf(short.id, ['expired'], 20_000)).toBe('expired');
    expect(await receiptOf(short.id)).toMatchObject({ delivered: false, why: 'expired unused' });
  });

  it('are of links that exist, for those who may read them', async () => {
    expect((await drawbridge.api('GET', '/api/downloads/none/receipt')).status).toBe(404);
    expect((await drawbridge.api('GET', '/api/downloads/none/receipt', undefined, {})).status).toBe(401);
  });
});
