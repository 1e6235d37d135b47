import { describe, expect, it } from '@jest/globals';
import { KIB, MIB } from '../../../test/support/download-link.js';
import { LinkPlayer } from '../../../test/support/link-player.js';
import { LEASE_MS } from './limits.js';

describe('rule 7: coverage', () => {
  const broken = (sent: number, size = 1000) => {
    const play = new LinkPlayer({ size });
    play.release(play.get('A', 0, size), sent);
    return play;
  };

  it('counts the range of a delivered attempt, and nothing of a broken one by itself', () => {
    const play = broken(600);
    expect(play.coverage()).toBe('');
    play.deliver(play.get('A', 100, 200));
    play.deliver(play.get('A', 150, 300));
    expect(play.coverage()).toBe('0-300');
  });

  it('counts a broken attempt up to where a later range starts within what it was sent', () => {
    const play = broken(600);
    play.get('A', 400);
    expect(play.coverage()).toBe('0-400');
  });

  it('at the very end of what it was sent, and not a byte behind it', () => {
    const at = broken(600);
    at.get('A', 600);
    expect(at.coverage()).toBe('0-600');
    const behind = broken(600);
    behind.get('A', 601);
    expect(behind.coverage()).toBe('');
  });

  it('not where the later range starts where it started itself', () => {
    const play = broken(600);
    play.get('A', 0, 10);
    expect(play.coverage()).toBe('');
  });

  it('counts more with every further resume', () => {
    const play = broken(600);
    play.release(play.get('A', 200), 0);
    play.release(play.get('A', 500), 300);
    expect(play.coverage()).toBe('0-500');
    play.get('A', 700);
    expect(play.coverage()).toBe('0-700');
  });

  it('counts from the start of the broken range, not from 0', () => {
    const play = new LinkPlayer({ size: 1000 });
    play.release(play.get('A', 300, 800), 200);
    play.get('A', 450);
    expect(play.coverage()).toBe('300-450');
  });

  it('gets the last byte from a delivered attempt only', () => {
    const play = broken(1000);
    play.release(play.get('A', 999), 1);
    expect([play.coverage(), play.state]).toEqual(['0-999', 'available']);
    play.deliver(play.get('A', 999));
    expect(play.state).toBe('used');
  });

  it('does not count one client for another', () => {
    const play = broken(600);
    play.get('B', 400);
    expect([play.coverage('A'), play.coverage('B')]).toEqual(['', '']);
  });

  it('counts a resume that came before the old connection was known to be dead, once it is', () => {
    const play = new LinkPlayer({ size: 1000 });
    const dead = play.get('A');
    const resumed = play.get('A', 400);
    play.deliver(resumed);
    expect([play.coverage(), play.state]).toEqual(['400-1000', 'active']);
    play.release(dead, 450);
    expect(play.state).toBe('used');
  });

  it('takes of several such resumes the last that lies within what was sent', () => {
    const play = new LinkPlayer({ size: 1000 });
    const dead = play.get('A');
    for (const start of [400, 300, 900]) play.release(play.get('A', start), 0);
    play.release(dead, 450);
    expect(play.coverage()).toBe('0-400');
  });

  it('does not take the next piece of a parallel download for a resume', () => {
    const play = new LinkPlayer({ size: 1000 });
    const first = play.get('A', 0, 500);
    const second = play.get('A', 500);
    play.release(first, 500);
    play.deliver(second);
    expect([play.coverage(), play.state]).toEqual(['500-1000', 'available']);
    play.deliver(play.get('A', 0, 500));
    expect(play.state).toBe('used');
  });

  it('takes the next piece of a sequential download for one', () => {
    const play = new LinkPlayer({ size: 1000 });
    play.release(play.get('A', 0, 500), 500);
    play.deliver(play.get('A', 500));
    expect(play.state).toBe('used');
  });

  it('does not let an attempt vouch for one that began later', () => {
    const play = new LinkPlayer({ size: 1000 });
    const first = play.get('A', 400);
    play.release(play.get('A', 0, 900), 800);
    play.deliver(first);
    expect(play.coverage()).toBe('400-1000');
  });

  it('counts an attempt whose lease ran out as broken, with what it last reported', () => {
    const play = new LinkPlayer();
    play.renew(play.get('A'), 300 * KIB);
    play.after(LEASE_MS).get('A', 200 * KIB);
    expect(play.coverage()).toBe(`0-${200 * KIB}`);
  });

  it('forgets a broken attempt once nothing of it is open', () => {
    const play = broken(600);
    play.deliver(play.get('A', 0, 500));
    expect(play.link.transfers[0]?.broken).toEqual([{ start: 0, end: 600 }]);
    play.deliver(play.get('A', 500, 700));
    expect(play.link.transfers[0]?.broken).toEqual([]);
    play.release(play.get('A', 100), 50);
    expect(play.link.transfers[0]?.broken).toEqual([]);
  });

  it('adds up what all attempts were sent', () => {
    const play = broken(600);
    play.deliver(play.get('A', 0, 500));
    expect(play.link.transfers[0]).toMatchObject({ bytesSent: 1100, sent: [{ start: 0, end: 600 }] });
  });

  it('trusts no report beyond the range or back', () => {
    const play = new LinkPlayer({ size: 1000 });
    const attempt = play.get('A', 100, 200);
    play.renew(attempt, 5_000);
    play.renew(attempt, 3);
    play.release(attempt, 0);
    expect(play.link.transfers[0]).toMatchObject({ bytesSent: 100, sent: [{ start: 100, end: 200 }] });
  });

  it('keeps a resume loop over a bad line to the end', () => {
    const play = new LinkPlayer();
    let have = 0;
    for (; have + 20 * KIB < MIB; have += 15 * KIB) play.release(play.get('A', have), 20 * KIB);
    expect(play.state).toBe('available');
    play.deliver(play.get('A', have));
    expect(play.state).toBe('used');
  });
});
