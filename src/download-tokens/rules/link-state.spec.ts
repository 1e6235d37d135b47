import { describe, expect, it } from '@jest/globals';
import { KIB, MIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';
import { LEASE_MS, TOKEN_TTL_MS, TRANSFER_WINDOW_MS, USED_KEPT_MS } from './limits.js';

describe('stateOf', () => {
  it('goes from available over active to used', () => {
    const play = new LinkPlayer();
    expect(play.state).toBe('available');
    const attempt = play.get('A');
    expect(play.state).toBe('active');
    play.deliver(attempt);
    expect(play.state).toBe('used');
  });

  it('is expired when nobody came', () => {
    const play = new LinkPlayer();
    expect([play.after(TOKEN_TTL_MS - 1).state, play.after(1).state]).toEqual(['available', 'expired']);
  });

  it('does not depend on when somebody looks: a lease that ran out ended its attempt then', () => {
    const play = new LinkPlayer();
    const dead = play.get('A');
    play.renew(dead, 500 * KIB);
    const ranOut = play.now + LEASE_MS;
    play.after(5).deliver(play.get('A', 400 * KIB));
    expect(play.after(LEASE_MS - 6).state).toBe('active');
    expect(play.after(1).state).toBe('used');
    // Nobody wrote it down until now, long past finish-by.
    expect(play.after(2 * TRANSFER_WINDOW_MS).refusal('A')).toBe('used');
    expect(play.sweepAt).toBe(ranOut + USED_KEPT_MS);
  });

  it('ends leases in the order in which they ran out', () => {
    const play = new LinkPlayer({ size: 1000 });
    const late = play.get('A', 0, 900);
    const early = play.get('A', 300, 900);
    play.deliver(play.get('A', 700));
    play.renew(early, 500);
    play.after(1).renew(late, 400);
    // Each vouches for one part that the other lacks, so the link is used when the later one ran out.
    const ranOut = play.now + LEASE_MS;
    expect([play.after(LEASE_MS - 1).state, play.after(1).state]).toEqual(['active', 'used']);
    expect(play.sweepAt).toBe(ranOut + USED_KEPT_MS);
  });
});

describe('rule 12: when the sweep may remove a link', () => {
  it('at start-by when nobody owns it', () => {
    const play = new LinkPlayer();
    expect(play.sweepAt).toBe(play.link.expiresAt);
    play.release(play.get('A'), KIB);
    expect(play.sweepAt).toBe(play.link.expiresAt);
  });

  it('at finish-by when somebody does', () => {
    const play = new LinkPlayer();
    play.release(play.get('A'), MIB);
    expect(play.sweepAt).toBe(play.now + TRANSFER_WINDOW_MS);
  });

  it('a minute after use', () => {
    const play = new LinkPlayer();
    play.deliver(play.get('A'));
    expect(play.sweepAt).toBe(play.now + USED_KEPT_MS);
  });

  it('never before the last lease has run out', () => {
    const play = new LinkPlayer();
    const attempt = play.after(TOKEN_TTL_MS - 1).get('A');
    expect(play.sweepAt).toBe(play.now + LEASE_MS);
    play.deliver(play.get('A', 1));
    play.spend();
    play.after(LEASE_MS - 1).renew(attempt, 1);
    for (let beat = 0; beat < 10; beat += 1) play.after(LEASE_MS - 1).renew(attempt, 1);
    expect(play.sweepAt).toBe(play.now + LEASE_MS);
  });

  it('a revoked one when it would have gone anyway', () => {
    const play = new LinkPlayer();
    play.revoke('admin');
    expect(play.sweepAt).toBe(play.link.expiresAt);
  });
});
