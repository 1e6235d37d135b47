import { describe, expect, it } from '@jest/globals';
import { KIB, MIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';
import { endReason } from './index.js';
import { LEASE_MS, MAX_ATTEMPTS, RESENT_BYTES, STALL_MS, USED_KEPT_MS } from './limits.js';

const digestLink = () => new LinkPlayer({ confirm: 'digest' });

describe('confirm: "digest"', () => {
  it('a complete delivery does not spend the link, the confirmation does', () => {
    const play = digestLink();
    expect(play.deliver(play.get('A'))).toMatchObject({ accepted: true, state: 'available' });
    expect(play.link).toMatchObject({ used: false, unconfirmedSince: play.now });
    play.after(1_000);
    expect(play.confirm()).toMatchObject({ outcome: 'used', state: 'used' });
    expect(play.link).toMatchObject({ used: true, usedAt: play.now, transfers: [{ completedAt: play.now }] });
    expect(play.refusal('A')).toBe('used');
  });

  it('is answered alike for a minute after use, and changes nothing then', () => {
    const play = digestLink();
    play.deliver(play.get('A'));
    play.confirm();
    const { link } = play;
    play.after(USED_KEPT_MS - 1);
    expect(play.confirm()).toMatchObject({ outcome: 'used' });
    play.after(1);
    expect(play.confirm()).toMatchObject({ outcome: 'over', state: 'used' });
    expect(play.link).toBe(link);
  });

  it('counts whatever the connections told, once a transfer owns the link', () => {
    const play = digestLink();
    const attempt = play.get('A');
    play.renew(attempt, 64 * KIB - 1);
    expect(play.confirm()).toMatchObject({ outcome: 'not-downloaded', state: 'active' });
    play.renew(attempt, 64 * KIB);
    expect(play.confirm()).toMatchObject({ outcome: 'used' });
    expect(play.deliver(attempt)).toMatchObject({ accepted: false, state: 'used' });
  });

  it('is not awaited where connections decide', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    play.renew(attempt, MIB);
    expect(play.confirm()).toMatchObject({ outcome: 'not-awaited', state: 'active' });
    play.deliver(attempt);
    expect(play.confirm()).toMatchObject({ outcome: 'over', state: 'used' });
  });

  it('allows whole GETs and resumes until then, one at a time, with a stalled one taken over', () => {
    const play = digestLink();
    play.deliver(play.get('A'));
    const again = play.get('A');
    expect([play.refusal('A'), play.refusal('B'), play.state]).toEqual(['busy', 'busy', 'active']);
    play.after(STALL_MS);
    const next = play.ask('A');
    expect(next).toMatchObject({ granted: true, displaced: [again] });
    play.release(next.granted ? next.attempt.id : '', 5);
    play.deliver(play.get('A', 5));
    expect(play.state).toBe('available');
    // Past start-by only its owner goes on.
    play.after(300_000);
    expect([play.refusal('B'), play.refusal('A')]).toEqual(['expired', 'granted']);
  });

  it('has a budget all the same', () => {
    const play = digestLink();
    for (let sent = 0; sent <= 2 * MIB + RESENT_BYTES + MIB; sent += MIB) {
      expect(play.state).toBe('available');
      play.deliver(play.get('A'));
    }
    expect(play.state).toBe('exhausted');
    expect(play.confirm()).toMatchObject({ outcome: 'over', state: 'exhausted' });
    const many = digestLink();
    for (let count = 0; count < MAX_ATTEMPTS; count += 1) many.release(many.get('A', 0, 70_000), 70_000);
    expect([many.refusal('A'), many.state]).toEqual(['exhausted', 'exhausted']);
  });

  it('ends at finish-by, and says then whether somebody had all of it', () => {
    for (const [end, reason] of [
      [MIB, 'delivered, unconfirmed'],
      [MIB - 1, null],
    ] as const) {
      const play = digestLink();
      play.deliver(play.get('A', 0, end));
      expect([play.state, endReason(play.link, play.state)]).toEqual(['available', null]);
      play.after(86_400_000);
      expect([play.state, endReason(play.link, play.state)]).toEqual(['expired', reason]);
      expect(play.confirm()).toMatchObject({ outcome: 'over' });
    }
  });

  it('keeps the reason of an end by an act', () => {
    const play = digestLink();
    play.deliver(play.get('A'));
    play.revoke('by-user');
    expect(endReason(play.link, play.state)).toBe('by-user');
  });

  it('of an empty file waits for its client too', () => {
    const play = new LinkPlayer({ confirm: 'digest', size: 0 });
    expect(play.confirm()).toMatchObject({ outcome: 'not-downloaded' });
    play.deliver(play.get('A'));
    expect(play.state).toBe('available');
    expect(play.confirm()).toMatchObject({ outcome: 'used' });
  });

  it('stays possible after a lost lease', () => {
    const play = digestLink();
    play.renew(play.get('A'), MIB);
    play.after(LEASE_MS);
    expect(play.confirm()).toMatchObject({ outcome: 'used' });
  });
});
