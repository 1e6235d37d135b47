import { describe, expect, it } from '@jest/globals';
import { MIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';

describe('rule 13: a link that is revoked', () => {
  it('ends at once with its attempts, for the reason given', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    expect(play.revoke('changed')).toMatchObject({ state: 'revoked' });
    expect(play.link.ended).toEqual({ state: 'revoked', reason: 'changed', at: play.now });
    expect(play.renew(attempt, 5)).toMatchObject({ accepted: false, state: 'revoked' });
    expect(play.deliver(attempt)).toMatchObject({ accepted: false, state: 'revoked' });
    expect([play.refusal('A'), play.refusal('B')]).toEqual(['revoked', 'revoked']);
  });

  it('stays revoked for the first reason, also past its time', () => {
    const play = new LinkPlayer();
    play.revoke('first');
    play.revoke('second');
    play.spend();
    expect(play.link).toMatchObject({ used: false, ended: { reason: 'first' } });
    expect(play.after(1e9).state).toBe('revoked');
  });
});

describe('markTokenUsed without an attempt', () => {
  it('spends the link, however many downloads are left, and lets what runs end', () => {
    const play = new LinkPlayer({ maxDownloads: 5 });
    const attempt = play.get('A');
    expect(play.spend()).toMatchObject({ accepted: true, state: 'used' });
    expect(play.link).toMatchObject({ used: true, usedAt: play.now });
    expect([play.refusal('A'), play.renew(attempt, 1).accepted, play.spend().accepted]).toEqual([
      'used',
      true,
      false,
    ]);
  });

  it('is final: what still runs can spend no budget any more', () => {
    const size = 100 * MIB;
    const play = new LinkPlayer({ size });
    for (let copy = 0; copy < 3; copy += 1) play.release(play.get('A'), size);
    const attempt = play.get('A');
    play.spend();
    expect(play.renew(attempt, size)).toMatchObject({ accepted: true, state: 'used' });
    expect(play.link.ended).toBeNull();
  });

  it('does nothing to a link that is over', () => {
    const play = new LinkPlayer();
    expect(play.after(1e9).spend()).toMatchObject({ accepted: false, state: 'expired' });
    expect(play.link.used).toBe(false);
  });
});
