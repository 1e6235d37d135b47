import { describe, expect, it } from '@jest/globals';
import { KIB, MIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';
import { MAX_LIVE_ATTEMPTS, STALL_MS, TOKEN_TTL_MS } from './limits.js';

describe('rule 1: one live whole GET', () => {
  it('refuses every other client, and the same one, as busy while it lives', () => {
    const play = new LinkPlayer();
    play.get('A');
    for (const client of ['A', 'B', 'C']) expect(play.refusal(client)).toBe('busy');
  });

  it('takes a range from 0 to the end for a whole GET, and any other for none', () => {
    const play = new LinkPlayer({ size: 10 });
    const whole = play.ask('A', 0, 10);
    const part = play.ask('A', 0, 9);
    expect([whole, part]).toMatchObject([{ attempt: { whole: true } }, { attempt: { whole: false } }]);
  });

  it('lets as many clients in as downloads are left', () => {
    const play = new LinkPlayer({ maxDownloads: 2 });
    const first = play.get('A');
    play.get('B');
    expect(play.refusal('C')).toBe('busy');
    play.deliver(first);
    expect(play.refusal('C')).toBe('busy');
  });

  it('is free again once the attempt is given back', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), 0);
    expect(play.refusal('B')).toBe('granted');
  });
});

describe('rule 2: a stalled whole GET is taken over by its own client', () => {
  it(`after ${STALL_MS} ms without an acknowledgement, not before`, () => {
    const play = new LinkPlayer();
    const stalled = play.get('A');
    expect(play.after(STALL_MS - 1).refusal('A')).toBe('busy');
    expect(play.after(1).ask('A')).toMatchObject({ granted: true, displaced: [stalled] });
    expect(play.link.attempts).toHaveLength(1);
    expect(play.deliver(stalled)).toMatchObject({ accepted: false });
  });

  it('counts from the last acknowledgement, not from the last report', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    play.after(4_000).renew(attempt, KIB, true);
    play.after(4_000).renew(attempt, KIB, false);
    expect(play.after(999).refusal('A')).toBe('busy');
    expect(play.after(1).refusal('A')).toBe('granted');
  });

  it('by no other client, and by no part', () => {
    const play = new LinkPlayer();
    play.get('A');
    play.after(STALL_MS);
    expect(play.refusal('B')).toBe('busy');
    expect(play.ask('A', 1, 2)).toMatchObject({ granted: true, displaced: [] });
  });

  it('leaves stalled parts alone', () => {
    const play = new LinkPlayer();
    play.get('A', 0, 10);
    expect(play.after(STALL_MS).ask('A')).toMatchObject({ granted: true, displaced: [] });
    expect(play.link.attempts).toHaveLength(2);
  });

  it('is refused, and changes the link to used, when the stalled one turns out to be the last missing part', () => {
    const play = new LinkPlayer();
    const stalled = play.get('A');
    play.renew(stalled, 700 * KIB);
    play.deliver(play.get('A', 600 * KIB));
    expect(play.after(STALL_MS).refusal('A')).toBe('used');
    expect(play.state).toBe('used');
  });
});

describe('rule 3: ranges side by side', () => {
  it(`up to ${MAX_LIVE_ATTEMPTS} live attempts of a transfer, the whole GET among them`, () => {
    const play = new LinkPlayer();
    play.get('A');
    for (let start = 1; start < MAX_LIVE_ATTEMPTS; start += 1) play.get('A', start);
    expect(play.refusal('A', 500)).toBe('busy');
    play.release('a2', 0);
    expect(play.refusal('A', 500)).toBe('granted');
  });

  it('lets the same part be asked for twice at once', () => {
    const play = new LinkPlayer();
    expect([play.refusal('A', 5, 9), play.refusal('A', 5, 9)]).toEqual(['granted', 'granted']);
  });

  it('keeps another client out while one part lives, however small, and not longer', () => {
    const play = new LinkPlayer();
    const probe = play.get('A', 0, 1);
    expect([play.refusal('B'), play.refusal('B', 0, 1)]).toEqual(['busy', 'busy']);
    play.deliver(probe);
    expect(play.refusal('B')).toBe('granted');
  });

  it('keeps the owner out too, while another client tries', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), 500 * KIB);
    const probe = play.get('B', 0, 1);
    expect(play.refusal('A', 400 * KIB)).toBe('busy');
    play.deliver(probe);
    expect(play.refusal('A', 400 * KIB)).toBe('granted');
  });
});

describe('rule 5: start-by', () => {
  it('refuses everybody from then on when nobody owns the link', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), 10 * KIB);
    expect(play.after(TOKEN_TTL_MS - 1).refusal('A', 0, 1)).toBe('granted');
    play.deliver('a2');
    play.after(1);
    expect([play.state, play.refusal('A'), play.refusal('B')]).toEqual(['expired', 'expired', 'expired']);
  });

  it('lets only the owner go on', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), 500 * KIB);
    play.after(TOKEN_TTL_MS);
    expect([play.state, play.refusal('B')]).toEqual(['available', 'expired']);
    expect(play.refusal('A', 400 * KIB)).toBe('granted');
    expect([play.state, play.refusal('B')]).toEqual(['active', 'expired']);
  });

  it('lets an attempt that began before it become the owner after it', () => {
    const play = new LinkPlayer();
    const attempt = play.after(TOKEN_TTL_MS - 1).get('A');
    play.after(1).renew(attempt, 64 * KIB);
    play.release(attempt);
    expect(play.owners()).toEqual(['A']);
    expect(play.refusal('A', 10 * KIB)).toBe('granted');
  });

  it('gives no part to a client whose first attempt lives but owns nothing', () => {
    const play = new LinkPlayer();
    play.after(TOKEN_TTL_MS - 1).get('A');
    play.after(1);
    expect([play.state, play.refusal('A', 1)]).toEqual(['active', 'expired']);
  });
});

describe('rule 10: several downloads', () => {
  it('begins a new transfer with the next whole GET after a complete one, and with no part', () => {
    const play = new LinkPlayer({ maxDownloads: 2 });
    play.deliver(play.get('A'));
    expect([play.state, play.refusal('A', 5), play.refusal('A', 0, 5)]).toEqual([
      'available',
      'used',
      'used',
    ]);
    play.deliver(play.get('A'));
    expect([play.state, play.link.transfers.length]).toEqual(['used', 2]);
  });

  it('lets a part of that new transfer run beside it', () => {
    const play = new LinkPlayer({ maxDownloads: 2 });
    play.deliver(play.get('A'));
    play.get('A');
    expect(play.refusal('A', 5)).toBe('granted');
  });

  it('is used when all are complete, whoever took them', () => {
    const play = new LinkPlayer({ maxDownloads: 3 });
    for (const client of ['A', 'B']) play.deliver(play.get(client));
    expect(play.state).toBe('available');
    play.deliver(play.get('A'));
    expect([play.state, play.refusal('C')]).toEqual(['used', 'used']);
  });

  it('ends with the start-by for new clients, although downloads are left', () => {
    const play = new LinkPlayer({ maxDownloads: 2 });
    play.deliver(play.get('A'));
    play.after(TOKEN_TTL_MS);
    expect([play.state, play.refusal('A'), play.refusal('B')]).toEqual(['expired', 'expired', 'expired']);
  });

  it('takes everybody for one client with bind "none"', () => {
    const play = new LinkPlayer({ bind: 'none' });
    play.release(play.get('A'), 500 * KIB);
    play.deliver(play.get('B', 300 * KIB));
    expect([play.state, play.link.transfers.map(({ client }) => client)]).toEqual(['used', ['*']]);
  });
});

describe('a claim', () => {
  it('must lie within the file', () => {
    const play = new LinkPlayer();
    const outside = [
      [-1, 5],
      [0, MIB + 1],
      [5, 5],
      [6, 5],
      [0.5, 3],
      [0, NaN],
    ] as const;
    for (const [start, end] of outside) expect(() => play.ask('A', start, end)).toThrow(RangeError);
  });

  it('that is refused changes nothing', () => {
    const play = new LinkPlayer();
    play.get('A');
    const { link } = play;
    for (const client of ['A', 'B']) play.refusal(client);
    expect(play.link).toBe(link);
  });
});
