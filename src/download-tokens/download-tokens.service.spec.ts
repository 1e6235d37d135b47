import { describe, expect, it, jest } from '@jest/globals';
import type { EventEmitter2 } from '@nestjs/event-emitter';
import { createHash } from 'node:crypto';
import { LINKS_SWEPT } from '../common/events.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { DownloadTokensService } from './download-tokens.service.js';
import type { GenerateOptions } from './generate-options.js';
import { MemoryTokenStore } from './memory/store.js';

const A = { client: '192.0.2.1', range: { start: 0, end: 10 } };
const B = { ...A, client: '192.0.2.2' };

function made(options = {}) {
  const clock = new ManualClock();
  const store = new MemoryTokenStore(clock);
  const emit = jest.fn();
  const tokens = new DownloadTokensService(store, options, { emit } as unknown as EventEmitter2);
  return { clock, store, emit, tokens };
}

describe('generateDownloadToken', () => {
  it('makes a link that is bound to the defaults, and to what is asked for', async () => {
    const { tokens, clock } = made();
    const { link } = await tokens.generateDownloadToken('s1', 'dumps/a');
    const now = clock.now();
    expect(link).toMatchObject({
      storageId: 's1',
      file: 'dumps/a',
      decrypt: true,
      used: false,
      createdAt: now,
    });
    expect(link).toMatchObject({
      expiresAt: now + 300_000,
      maxDownloads: 1,
      bind: 'client',
      size: 0,
      version: '',
    });
    const asked = { ttlMs: 5, maxDownloads: 100, size: 7, version: 'v' };
    const other = await tokens.generateDownloadToken('s1', 'a', false, asked);
    expect(other.link).toMatchObject({
      decrypt: false,
      expiresAt: now + 5,
      maxDownloads: 100,
      size: 7,
      version: 'v',
    });
  });

  it("takes the module's times", async () => {
    const { tokens, clock } = made({ tokenTtlMs: 1_000, transferWindowMs: 2_000 });
    const { token, link } = await tokens.generateDownloadToken('s', 'f');
    expect(link.expiresAt).toBe(clock.now() + 1_000);
    await tokens.consumeDownloadToken(token);
    expect((await tokens.describe(link.id))?.link.finishBy).toBe(clock.now() + 2_000);
  });

  it('shows 256 random bits once, and gives only their hash to the store', async () => {
    const { tokens, store } = made();
    const create = jest.spyOn(store, 'create');
    const { token, link } = await tokens.generateDownloadToken('s', 'f');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(create.mock.calls[0]?.[0]).toBe(createHash('sha256').update(token).digest('hex'));
    expect(JSON.stringify(link)).not.toContain(token);
    const tokensSeen = new Set([token]);
    for (let count = 0; count < 200; count += 1)
      tokensSeen.add((await tokens.generateDownloadToken('s', 'f')).token);
    expect(tokensSeen.size).toBe(201);
  });

  it('refuses what cannot be (rule 10)', async () => {
    const { tokens } = made();
    const wrong: GenerateOptions[] = [
      { bind: 'none', maxDownloads: 2 },
      ...[0, 101, 1.5, NaN, -1].map((maxDownloads) => ({ maxDownloads })),
      ...[0, -1, 1.5, NaN, Infinity].map((ttlMs) => ({ ttlMs })),
      ...[-1, 0.5, NaN, 2 ** 53].map((size) => ({ size })),
    ];
    for (const options of wrong)
      await expect(tokens.generateDownloadToken('s', 'f', true, options)).rejects.toMatchObject({
        status: 400,
      });
    expect(await tokens.generateDownloadToken('s', 'f', true, { bind: 'none' })).toBeDefined();
  });
});

describe('a token that is none', () => {
  const strangers = [
    '',
    'x',
    ':token',
    '*',
    '__proto__',
    `${'a'.repeat(42)}=`,
    'a'.repeat(44),
    `${'a'.repeat(43)}\n`,
  ];

  it('is unknown, and never reaches the store', async () => {
    const { tokens, store } = made();
    const spies = [jest.spyOn(store, 'find'), jest.spyOn(store, 'update')];
    for (const token of strangers) {
      expect(await tokens.consumeDownloadToken(token, A)).toEqual({ granted: false, refusal: 'unknown' });
      expect(await tokens.inspect(token, A)).toBeUndefined();
      expect(await tokens.markTokenUsed(token)).toEqual({ accepted: false, state: 'expired' });
      expect(await tokens.releaseToken(token, 'a')).toEqual({ accepted: false, state: 'expired' });
      expect(await tokens.renewLease(token, 'a', { sent: 1, advanced: true })).toEqual({
        accepted: false,
        state: 'expired',
      });
    }
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it('of the right form but never given out is unknown too, and so is an id', async () => {
    const { tokens } = made();
    const { link } = await tokens.generateDownloadToken('s', 'f');
    for (const token of ['a'.repeat(43), link.id]) {
      expect(await tokens.consumeDownloadToken(token)).toEqual({ granted: false, refusal: 'unknown' });
      expect(await tokens.inspect(token)).toBeUndefined();
    }
    expect(await tokens.describe('nobody')).toBeUndefined();
    expect(await tokens.revoke('nobody', 'x')).toBeUndefined();
  });
});

describe('inspect', () => {
  it('tells what a claim would meet, and changes nothing however often', async () => {
    const { tokens } = made();
    const { token, link } = await tokens.generateDownloadToken('s', 'f', true, { size: 10 });
    expect(await tokens.inspect(token)).toEqual({ link, state: 'available' });
    for (let count = 0; count < 1_000; count += 1) await tokens.inspect(token, A);
    expect(await tokens.inspect(token, A)).toEqual({ link, state: 'available' });
    await tokens.consumeDownloadToken(token, A);
    expect(await tokens.inspect(token, B)).toMatchObject({ state: 'active', refusal: 'busy' });
    expect(await tokens.inspect(token, { ...A, range: { start: 5, end: 10 } })).not.toHaveProperty('refusal');
  });
});

describe('the plain way, without requests and attempts', () => {
  it('claims for anybody, and is used once marked', async () => {
    const { tokens } = made();
    const { token } = await tokens.generateDownloadToken('s', 'f');
    expect(await tokens.consumeDownloadToken(token)).toMatchObject({
      granted: true,
      attempt: { whole: true },
    });
    expect(await tokens.consumeDownloadToken(token)).toMatchObject({ refusal: 'busy' });
    expect(await tokens.markTokenUsed(token)).toMatchObject({ accepted: true, state: 'used' });
    expect(await tokens.consumeDownloadToken(token)).toMatchObject({ refusal: 'used' });
  });

  it('is used by the verdict of its attempt as well', async () => {
    const { tokens } = made();
    const { token } = await tokens.generateDownloadToken('s', 'f');
    const claim = await tokens.consumeDownloadToken(token);
    const attempt = claim.granted ? claim.attempt.id : '';
    expect(await tokens.markTokenUsed(token, attempt)).toMatchObject({ accepted: true, state: 'used' });
  });
});

describe('revoke', () => {
  it('ends a link by its id and tells how it ended', async () => {
    const { tokens } = made();
    const { token, link } = await tokens.generateDownloadToken('s', 'f');
    expect(await tokens.revoke(link.id, 'admin')).toMatchObject({ state: 'revoked', link: { id: link.id } });
    expect(await tokens.describe(link.id)).toMatchObject({
      state: 'revoked',
      link: { ended: { reason: 'admin' } },
    });
    expect(await tokens.consumeDownloadToken(token)).toMatchObject({ granted: false, refusal: 'revoked' });
  });
});

describe('cleanUp', () => {
  it('removes what is over and tells about it once, with the state it ended in', async () => {
    const { tokens, clock, emit } = made();
    const { link } = await tokens.generateDownloadToken('s', 'f');
    const used = await tokens.generateDownloadToken('s', 'g');
    await tokens.markTokenUsed(used.token);
    expect(await tokens.cleanUp()).toEqual([]);
    expect(emit).not.toHaveBeenCalled();
    clock.advance(300_000);
    const swept = await tokens.cleanUp();
    expect(swept.map(({ link: { id }, state }) => [id, state])).toEqual([
      [link.id, 'expired'],
      [used.link.id, 'used'],
    ]);
    expect(emit.mock.calls).toEqual([[LINKS_SWEPT, swept]]);
    expect(await tokens.inspect(used.token)).toBeUndefined();
  });

  it('needs nobody to listen', async () => {
    const clock = new ManualClock();
    const tokens = new DownloadTokensService(new MemoryTokenStore(clock));
    await tokens.generateDownloadToken('s', 'f');
    clock.advance(300_000);
    expect(await tokens.cleanUp()).toHaveLength(1);
  });
});
