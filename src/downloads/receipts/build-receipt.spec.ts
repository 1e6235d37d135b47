import { describe, expect, it } from '@jest/globals';
import type { AttemptRow, LinkRow } from '../links/links.service.js';
import { buildReceipt } from './build-receipt.js';

const T = Date.UTC(2026, 10, 24, 12);

const linkRow = (more: Partial<LinkRow> = {}): LinkRow => ({
  id: 'link-1',
  storage_id: 's',
  file: 'a/db.sql.enc',
  file_name: 'db.sql',
  size: 100,
  version: 'v',
  decrypt: 1,
  encrypted: 1,
  sidecar: 0,
  verification: null,
  max_downloads: 1,
  issuer_kind: 'admin-key',
  issuer_id: 'admin',
  state: 'available',
  reason: null,
  created_at: T,
  expires_at: T + 300_000,
  finish_by: null,
  ended_at: null,
  integrity: 'whole',
  confirm: 'connection',
  confirmed_at: null,
  sha256: null,
  deliveries: 0,
  ...more,
});

const attemptRow = (more: Partial<AttemptRow> = {}): AttemptRow => ({
  id: 'attempt',
  link_id: 'link-1',
  transfer_id: 't',
  client: '192.0.2.7',
  user_agent: 'curl/8',
  range_start: 0,
  range_end: 100,
  started_at: T + 1_000,
  ended_at: T + 2_000,
  bytes_sent: 100,
  outcome: 'delivered',
  reason: 'fin',
  ...more,
});

const broken = attemptRow({ bytes_sent: 40, outcome: 'broken', reason: 'reset' });
const used = { state: 'used', deliveries: 1, ended_at: T + 2_000 };

describe('buildReceipt', () => {
  it('sums up a delivery that took several attempts of several clients', () => {
    const attempts = [
      broken,
      attemptRow({ range_start: 40, bytes_sent: 30, outcome: 'broken', reason: 'reset', user_agent: 'wget' }),
      attemptRow({ range_start: 60, bytes_sent: 40, started_at: T + 5_000, ended_at: T + 9_500 }),
    ];
    expect(buildReceipt(linkRow(used), attempts, 'abc')).toEqual({
      id: 'link-1',
      state: 'used',
      delivered: true,
      why: 'the client ended the connection after it had acknowledged every byte',
      file: 'a/db.sql.enc',
      fileName: 'db.sql',
      size: 100,
      sha256: 'abc',
      verifiedBy: 'tag',
      clients: [
        { address: '192.0.2.7', userAgent: 'curl/8' },
        { address: '192.0.2.7', userAgent: 'wget' },
      ],
      attempts: 3,
      ranges: [{ start: 0, end: 100 }],
      bytesSent: 110,
      startedAt: '2026-11-24T12:00:01.000Z',
      finishedAt: '2026-11-24T12:00:09.500Z',
      durationMs: 8_500,
      confirmedAt: null,
    });
  });

  it('has nothing to tell of a link that nobody asked for', () => {
    expect(buildReceipt(linkRow(), [], undefined)).toMatchObject({
      delivered: false,
      why: 'not requested yet',
      sha256: null,
      clients: [],
      attempts: 0,
      ranges: [],
      bytesSent: 0,
      startedAt: null,
      finishedAt: null,
      durationMs: null,
    });
  });

  it('has no end while an attempt runs, and none of an attempt that died with its process', () => {
    const running = attemptRow({ ended_at: null, bytes_sent: 0, outcome: null, reason: null });
    const receipt = (state: string) => buildReceipt(linkRow({ state }), [broken, running], undefined);
    expect(receipt('active')).toMatchObject({ why: 'in progress', finishedAt: null, durationMs: null });
    expect(receipt('expired')).toMatchObject({ why: 'expired unfinished', durationMs: 1_000 });
  });

  it('knows of a download of several, and of a confirmation', () => {
    expect(
      buildReceipt(linkRow({ max_downloads: 3, deliveries: 1 }), [attemptRow()], undefined),
    ).toMatchObject({
      state: 'available',
      delivered: true,
    });
    const confirmed = linkRow({ ...used, confirm: 'digest', confirmed_at: T + 9, sha256: 'own' });
    expect(buildReceipt(confirmed, [broken], 'other')).toMatchObject({
      delivered: true,
      why: 'the client confirmed it by its SHA-256',
      verifiedBy: 'client-digest',
      sha256: 'own',
      confirmedAt: '2026-11-24T12:00:00.009Z',
    });
  });

  it.each([
    [
      used,
      [attemptRow({ reason: 'silence' })],
      'the client acknowledged every byte, and nothing was heard of it since',
    ],
    [used, [], 'its parts cover the whole file'],
    [{ state: 'expired' }, [], 'expired unused'],
    [{ state: 'expired', reason: 'restart' }, [], 'expired unused: restart'],
    [{ state: 'revoked', reason: 'by-user' }, [], 'revoked unused: by-user'],
    [{}, [broken], 'broken off: reset'],
    [{}, [attemptRow({ range_end: 50 })], 'parts of it are missing'],
    [{ confirm: 'digest' }, [attemptRow()], 'the client has not confirmed it yet'],
    [{ state: 'expired', reason: 'delivered, unconfirmed' }, [attemptRow()], 'delivered, unconfirmed'],
    [{ state: 'revoked', reason: 'changed' }, [broken], 'revoked: changed'],
    [{ state: 'exhausted', reason: 'budget' }, [broken], 'exhausted: budget'],
  ])('%j after %j: why', (more, attempts, why) => {
    expect(buildReceipt(linkRow(more), attempts, undefined).why).toBe(why);
  });

  it.each([
    [{ integrity: 'whole' }, 'tag'],
    [{ integrity: 'per-chunk' }, 'tag'],
    [{ integrity: 'whole', encrypted: 0 }, 'checksum'],
    [{ integrity: 'whole', decrypt: 0 }, 'checksum'],
    [{ integrity: 'none', encrypted: 0 }, 'none'],
    [{ integrity: null }, 'none'],
  ])('%j is verified by %s', (more, by) => {
    expect(buildReceipt(linkRow(more), [], undefined).verifiedBy).toBe(by);
  });
});
