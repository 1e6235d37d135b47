import { describe, expect, it } from '@jest/globals';
import { KIB, MIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';
import { MAX_TRACES, OWNERSHIP_BYTES, TOKEN_TTL_MS, TRANSFER_WINDOW_MS } from './limits.js';

describe('rule 4: who owns the link', () => {
  it('is the transfer that was sent 64 KiB, in one attempt or several', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    play.renew(attempt, OWNERSHIP_BYTES - 1);
    expect(play.owners()).toEqual([]);
    play.release(attempt);
    play.deliver(play.get('A', MIB - 1));
    expect(play.owners()).toEqual(['A']);
  });

  it('is the transfer that was sent all of a smaller file', () => {
    const play = new LinkPlayer({ size: 100 });
    const attempt = play.get('A');
    play.renew(attempt, 99);
    expect(play.owners()).toEqual([]);
    play.renew(attempt, 100);
    expect(play.owners()).toEqual(['A']);
  });

  it('counts a byte once, however often it was sent', () => {
    const play = new LinkPlayer();
    for (let times = 0; times < 3; times += 1) play.release(play.get('A'), 30 * KIB);
    expect(play.owners()).toEqual([]);
  });

  it('is nobody after any number of probes, which change nothing that lasts', () => {
    const play = new LinkPlayer();
    play.release(play.get('owner'), 500 * KIB);
    for (let times = 0; times < 1_000; times += 1) play.deliver(play.get(`scanner-${times % 300}`, 0, 1));
    expect([play.state, play.owners(), play.link.finishBy]).toEqual([
      'available',
      ['owner'],
      play.now + TRANSFER_WINDOW_MS,
    ]);
    expect(play.link.transfers.length).toBeLessThanOrEqual(1 + MAX_TRACES + 1);
    play.deliver(play.get('owner', 400 * KIB));
    expect(play.state).toBe('used');
  });

  it('forgets the oldest of those who left early, and remembers the newest', () => {
    const play = new LinkPlayer();
    const newest = `c${MAX_TRACES + 1}`;
    for (let client = 0; client <= MAX_TRACES + 1; client += 1)
      play.release(play.get(`c${client}`), 10 * KIB);
    play.release(play.get(newest, 5 * KIB), 0);
    expect(play.coverage(newest)).toBe(`0-${5 * KIB}`);
    play.get('c0', 5 * KIB);
    expect(play.coverage('c0')).toBe('');
  });
});

describe('rule 5: an owner is replaced', () => {
  it('when it has no live attempt and another client becomes the owner; its coverage is dropped', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), 500 * KIB);
    const attempt = play.get('B');
    expect(play.owners()).toEqual(['A']);
    play.renew(attempt, OWNERSHIP_BYTES);
    expect(play.owners()).toEqual(['B']);
    play.release(attempt);
    play.after(TOKEN_TTL_MS);
    expect([play.refusal('A', 400 * KIB), play.refusal('B', KIB)]).toEqual(['expired', 'granted']);
  });

  it('not by less than 64 KiB', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), 500 * KIB);
    play.release(play.get('B'), OWNERSHIP_BYTES - 1);
    play.deliver(play.get('A', 300 * KIB));
    expect(play.state).toBe('used');
  });

  it('and begins from nothing when it comes back in time', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), 500 * KIB);
    play.release(play.get('B'), 500 * KIB);
    play.deliver(play.get('A', 400 * KIB));
    expect([play.state, play.coverage('A')]).toEqual(['available', `${400 * KIB}-${MIB}`]);
  });

  it('only where no download is left without it, and never a complete one', () => {
    const play = new LinkPlayer({ maxDownloads: 2 });
    play.deliver(play.get('A'));
    play.release(play.get('B'), 500 * KIB);
    play.release(play.get('C'), 500 * KIB);
    expect(play.owners()).toEqual(['A', 'C']);
  });

  it('never one whose attempt lives', () => {
    const play = new LinkPlayer({ maxDownloads: 2 });
    play.renew(play.get('A'), 500 * KIB);
    play.release(play.get('B'), 500 * KIB);
    play.release(play.get('C'), 500 * KIB);
    expect(play.owners()).toEqual(['A', 'C']);
  });
});

describe('rule 6: finish-by', () => {
  it('is set when a transfer first owns the link, and stays', () => {
    const play = new LinkPlayer({ transferWindowMs: 1_000 });
    const attempt = play.get('A');
    play.after(7).renew(attempt, OWNERSHIP_BYTES);
    const finishBy = play.now + 1_000;
    expect(play.link.finishBy).toBe(finishBy);
    play.release(attempt);
    play.after(5);
    play.release(play.get('B'), OWNERSHIP_BYTES);
    expect([play.owners(), play.link.finishBy]).toEqual([['B'], finishBy]);
  });

  it('ends the link, and what still runs counts no more', () => {
    const play = new LinkPlayer({ transferWindowMs: 10_000 });
    const attempt = play.get('A');
    play.renew(attempt, 500 * KIB);
    play.after(9_999);
    expect([play.state, play.renew(attempt, 600 * KIB).state]).toEqual(['active', 'active']);
    play.after(1);
    expect(play.renew(attempt, 700 * KIB)).toMatchObject({ accepted: false, state: 'expired' });
    expect(play.deliver(attempt)).toMatchObject({ accepted: false, state: 'expired' });
    expect([play.state, play.refusal('A')]).toEqual(['expired', 'expired']);
  });

  it('comes 24 hours after ownership by default', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), OWNERSHIP_BYTES);
    expect(play.link.finishBy).toBe(play.now + 24 * 3_600_000);
  });
});
