import { describe, expect, it } from '@jest/globals';
import { KIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';
import { LEASE_MS } from './limits.js';

describe('rule 11: the lease', () => {
  it('lives from the claim on, and from every renewal', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    play.after(LEASE_MS - 1).renew(attempt, 0, false);
    expect(play.after(LEASE_MS - 1).state).toBe('active');
    expect(play.refusal('B')).toBe('busy');
    expect(play.after(1).state).toBe('available');
    expect(play.refusal('B')).toBe('granted');
  });

  it('is the fence: without it no verdict counts, and nothing changes', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    play.after(LEASE_MS);
    const { link } = play;
    for (const verdict of [play.renew(attempt, KIB), play.deliver(attempt), play.release(attempt, KIB)])
      expect(verdict).toMatchObject({ accepted: false, state: 'available' });
    expect(play.link).toBe(link);
  });

  it('is not got back by another attempt of the same client', () => {
    const play = new LinkPlayer();
    const lost = play.get('A');
    const own = play.after(LEASE_MS).get('A');
    expect(play.deliver(lost)).toMatchObject({ accepted: false, state: 'active' });
    expect(play.deliver(own)).toMatchObject({ accepted: true, state: 'used' });
  });

  it('means nothing to an unknown attempt', () => {
    const play = new LinkPlayer();
    expect(play.deliver('nobody')).toMatchObject({ accepted: false, state: 'available' });
  });

  it('falls with a verdict: there is one for each attempt', () => {
    const play = new LinkPlayer({ size: 10 });
    const attempt = play.get('A', 0, 5);
    expect(play.deliver(attempt).accepted).toBe(true);
    expect([play.deliver(attempt).accepted, play.release(attempt).accepted]).toEqual([false, false]);
  });
});

describe('releaseToken', () => {
  it('gives the link back, whatever was sent', () => {
    for (const sent of [0, 1, 64 * KIB, 1024 * KIB]) {
      const play = new LinkPlayer();
      expect(play.release(play.get('A'), sent)).toMatchObject({ accepted: true, state: 'available' });
      expect(play.refusal('A')).toBe('granted');
    }
  });

  it('goes by the last report when it brings none', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    play.renew(attempt, 300 * KIB);
    play.release(attempt);
    play.get('A', 200 * KIB);
    expect(play.coverage()).toBe(`0-${200 * KIB}`);
  });
});
