import { describe, expect, it } from '@jest/globals';
import { MIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';
import { MAX_ATTEMPTS, RESENT_BYTES } from './limits.js';

describe('rule 8: used', () => {
  it('when the coverage is complete, at that time', () => {
    const play = new LinkPlayer();
    const attempt = play.get('A');
    play.after(1_234);
    expect(play.deliver(attempt)).toMatchObject({ accepted: true, state: 'used' });
    expect(play.link).toMatchObject({ used: true, usedAt: play.now, attempts: [] });
    expect([play.refusal('A'), play.refusal('B')]).toEqual(['used', 'used']);
  });

  it('not while a byte is missing', () => {
    const play = new LinkPlayer({ size: 10 });
    play.deliver(play.get('A', 0, 5));
    play.deliver(play.get('A', 6, 10));
    expect(play.state).toBe('available');
    play.deliver(play.get('A', 5, 6));
    expect(play.state).toBe('used');
  });

  it('of an empty file when an attempt is delivered, not when one is broken', () => {
    const play = new LinkPlayer({ size: 0 });
    expect(play.release(play.get('A'), 0)).toMatchObject({ accepted: true, state: 'available' });
    expect(play.deliver(play.get('A'))).toMatchObject({ accepted: true, state: 'used' });
  });

  it('lets running attempts end, which change nothing, and starts no new one', () => {
    const play = new LinkPlayer();
    const beside = [play.get('A', 1), play.get('A', 2), play.get('A', 3)] as const;
    play.deliver(play.get('A'));
    const { usedAt, transfers } = play.link;
    play.after(10);
    expect(play.renew(beside[0], 5)).toMatchObject({ accepted: true, state: 'used' });
    expect(play.deliver(beside[0])).toMatchObject({ accepted: false, state: 'used' });
    expect(play.release(beside[1], 5)).toMatchObject({ accepted: false, state: 'used' });
    expect(play.link.attempts.map(({ id }) => id)).toEqual([beside[2]]);
    expect(play.link).toMatchObject({ usedAt, transfers: [{ completedAt: transfers[0]?.completedAt }] });
    expect(play.refusal('A', 5)).toBe('used');
  });

  it('cannot be revoked any more', () => {
    const play = new LinkPlayer();
    play.deliver(play.get('A'));
    expect(play.revoke('late')).toMatchObject({ state: 'used' });
    expect(play.state).toBe('used');
  });
});

describe('rule 9: budgets', () => {
  it(`ends the link at attempt ${MAX_ATTEMPTS + 1} of its owner, once no other can complete it`, () => {
    const play = new LinkPlayer();
    for (let count = 1; count < MAX_ATTEMPTS; count += 1) play.release(play.get('A', 0, 70_000), 70_000);
    const last = play.get('A', 0, 10);
    expect([play.refusal('A', 0, 10), play.state]).toEqual(['busy', 'active']);
    play.release(last, 0);
    expect([play.refusal('A'), play.state]).toEqual(['exhausted', 'exhausted']);
    expect(play.link.ended).toEqual({ state: 'exhausted', reason: 'budget', at: play.now });
    expect(play.refusal('B')).toBe('exhausted');
  });

  it('lets the last attempt complete the download', () => {
    const play = new LinkPlayer();
    for (let count = 1; count < MAX_ATTEMPTS; count += 1) play.release(play.get('A', 0, 70_000), 70_000);
    play.deliver(play.get('A'));
    expect(play.state).toBe('used');
  });

  it('keeps no count of attempts that own nothing', () => {
    const play = new LinkPlayer();
    for (let count = 0; count < 3 * MAX_ATTEMPTS; count += 1) play.deliver(play.get('A', 0, 1));
    expect([play.state, play.link.transfers.length]).toEqual(['available', 1]);
    play.deliver(play.get('A'));
    expect(play.state).toBe('used');
  });

  it('lets 2 x size + 64 MiB be sent again, and not a byte more', () => {
    const size = 100 * MIB;
    const play = new LinkPlayer({ size });
    for (let copy = 0; copy < 3; copy += 1) play.release(play.get('A'), size);
    const attempt = play.get('A');
    expect(play.renew(attempt, RESENT_BYTES)).toMatchObject({ accepted: true, state: 'active' });
    expect(play.renew(attempt, RESENT_BYTES + 1)).toMatchObject({ accepted: false, state: 'exhausted' });
    expect(play.deliver(attempt)).toMatchObject({ accepted: false, state: 'exhausted' });
    expect([play.state, play.refusal('A')]).toEqual(['exhausted', 'exhausted']);
  });

  it('also when they come in the last report', () => {
    const size = 100 * MIB;
    const play = new LinkPlayer({ size });
    for (let copy = 0; copy < 3; copy += 1) play.release(play.get('A'), size);
    expect(play.release(play.get('A'), RESENT_BYTES + 1)).toMatchObject({
      accepted: true,
      state: 'exhausted',
    });
  });

  it('begins anew with every new coverage', () => {
    const size = 100 * MIB;
    const play = new LinkPlayer({ size });
    for (let round = 1; round < 6; round += 1) {
      for (let copy = 0; copy < 2; copy += 1) play.release(play.get('A'), size);
      play.deliver(play.get('A', 0, round));
      expect([play.state, play.link.transfers[0]?.resent]).toEqual(['available', 0]);
    }
  });

  it('stays spent for its client, although an earlier download of it was complete', () => {
    const size = 100 * MIB;
    const play = new LinkPlayer({ size, maxDownloads: 3 });
    play.deliver(play.get('A'));
    for (let copy = 0; copy < 3; copy += 1) play.release(play.get('A'), size);
    play.release(play.get('A'), RESENT_BYTES + 1);
    expect([play.state, play.refusal('A'), play.refusal('B')]).toEqual(['available', 'exhausted', 'granted']);
  });

  it('is not asked for any more once the download is complete', () => {
    const size = 100 * MIB;
    const play = new LinkPlayer({ size, maxDownloads: 2 });
    const beside = Array.from({ length: 5 }, () => play.get('A', 1));
    play.deliver(play.get('A'));
    for (const attempt of beside) expect(play.renew(attempt, size)).toMatchObject({ accepted: true });
    expect(play.link.transfers[0]).toMatchObject({ exhaustedAt: null });
    expect(play.refusal('B')).toBe('granted');
  });

  it('spends one download of several, and leaves the others alone', () => {
    const size = 100 * MIB;
    const play = new LinkPlayer({ size, maxDownloads: 2 });
    for (let copy = 0; copy < 3; copy += 1) play.release(play.get('A'), size);
    const [greedy, beside] = [play.get('A'), play.get('A', 0, 5)];
    expect(play.renew(greedy, RESENT_BYTES + 1)).toMatchObject({ accepted: false, state: 'exhausted' });
    expect(play.renew(beside, 1)).toMatchObject({ accepted: false, state: 'exhausted' });
    expect(play.link.attempts).toEqual([]);
    expect([play.state, play.refusal('A'), play.refusal('A', 5)]).toEqual([
      'available',
      'exhausted',
      'exhausted',
    ]);
    play.deliver(play.get('B'));
    expect([play.state, play.refusal('C')]).toEqual(['exhausted', 'exhausted']);
  });
});
