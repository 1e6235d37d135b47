import { describe, expect, it } from '@jest/globals';
import { linkOf } from '../../../test/support/download-link.js';
import type { DownloadLink } from '../download-link.js';
import { claim, revoked, startPostponed, stateOf, sweepAt, verified } from './index.js';

const TTL = 300_000;
const BORN = 1_000_000;
const waiting = (): DownloadLink => ({
  ...linkOf({ createdAt: BORN }),
  verification: { state: 'running', ttlMs: TTL },
});
const claimOf = (link: DownloadLink, now: number) =>
  claim(link, { client: '192.0.2.7', range: { start: 0, end: link.size } }, now, {
    attempt: 'attempt',
    transfer: 'transfer',
  });

describe('a link that is verified first', () => {
  it('grants no claim before, and changes nothing by one', () => {
    const link = waiting();
    expect(claimOf(link, BORN + 1)).toMatchObject({
      next: link,
      result: { granted: false, refusal: 'verifying' },
    });
  });

  it('grants claims from then on, and counts start-by from there', () => {
    const passedAt = BORN + TTL - 1;
    const { next } = verified(waiting(), passedAt);
    expect(next.verification).toEqual({ state: 'passed', ttlMs: TTL });
    expect(claimOf(next, passedAt + TTL - 1).result.granted).toBe(true);
    expect(stateOf(next, passedAt + TTL)).toBe('expired');
    expect(sweepAt(next)).toBe(passedAt + TTL);
  });

  it('lives while it is verified, and dies a TTL after whoever verified it', () => {
    let link = waiting();
    for (let now = BORN; now < BORN + 10 * TTL; now += TTL / 2) {
      link = startPostponed(link, now).next;
      expect(stateOf(link, now)).toBe('available');
    }
    const last = BORN + 9.5 * TTL;
    expect(stateOf(link, last + TTL - 1)).toBe('available');
    expect(stateOf(link, last + TTL)).toBe('expired');
    expect(claimOf(link, last + TTL).result).toMatchObject({ refusal: 'expired' });
  });

  it('does not come back from its end, and is verified once', () => {
    const over = revoked(waiting(), 'by-user', BORN + 1).next;
    for (const change of [startPostponed, verified]) {
      expect(change(over, BORN + 2)).toEqual({ next: over, result: { link: over, state: 'revoked' } });
      const late = waiting();
      expect(change(late, BORN + TTL)).toEqual({ next: late, result: { link: late, state: 'expired' } });
      const passed = verified(waiting(), BORN).next;
      expect(change(passed, BORN + 10).next).toBe(passed);
      const plain = linkOf();
      expect(change(plain, BORN + 10).next).toBe(plain);
    }
  });
});
