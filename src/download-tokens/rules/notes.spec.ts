import { describe, expect, it } from '@jest/globals';
import { linkOf } from '../../../test/support/download-link.js';
import type { Claim } from '../claim.js';
import type { DownloadLink } from '../download-link.js';
import { claim, delivered, released } from './index.js';

const NOW = 1_000_000;

function begin(link: DownloadLink, start: number, end: number, attempt: string): DownloadLink {
  const { next, result } = claim(link, { client: 'A', range: { start, end } }, NOW, {
    attempt,
    transfer: 'T',
  });
  const granted: Claim = result;
  expect(granted.granted).toBe(true);
  return next;
}

const notesOf = (link: DownloadLink) => link.transfers[0]?.notes;

describe('notes of attempts', () => {
  it('are kept in the order in which attempts end, whether broken or delivered', () => {
    let link = begin(linkOf({ size: 100 }), 0, 50, 'one');
    link = begin(link, 50, 80, 'two');
    link = delivered(link, 'two', NOW, 'note of two').next;
    link = released(link, 'one', { sent: 30, advanced: true, note: 'note of one' }, NOW).next;
    expect(notesOf(link)).toEqual(['note of two', 'note of one']);
  });

  it('are forgotten when the transfer is complete', () => {
    let link = begin(linkOf({ size: 100 }), 0, 50, 'one');
    link = delivered(link, 'one', NOW, 'note').next;
    link = begin(link, 50, 100, 'two');
    link = delivered(link, 'two', NOW, 'last note').next;
    expect(link.used).toBe(true);
    expect(notesOf(link)).toEqual([]);
  });

  it('do not count from an attempt whose lease is lost', () => {
    const link = begin(linkOf({ size: 100 }), 0, 50, 'one');
    const { next } = delivered(link, 'one', NOW + 60_000, 'late');
    expect(notesOf(next)).toEqual([]);
  });
});
