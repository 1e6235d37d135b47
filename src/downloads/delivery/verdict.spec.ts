import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge, type ConnectionFacts } from './verdict.js';

/** Just flushed: nothing acknowledged, nothing heard. */
const FLUSHED: ConnectionFacts = {
  acknowledged: false,
  peerEnded: 'no',
  nextRequest: false,
  closed: 'no',
  silentFor: 0,
  grace: 10_000,
};
const ACKNOWLEDGED: ConnectionFacts = { ...FLUSHED, acknowledged: true };
const UNKNOWN: ConnectionFacts = { ...FLUSHED, acknowledged: undefined };
const RESET = { delivered: false, reason: 'reset' };
const CLOSED = { delivered: false, reason: 'closed' };
const by = (sign: string) => ({ delivered: true, by: sign });

describe('judge', () => {
  it.each<[string, ConnectionFacts, unknown]>([
    ['a reset', { ...FLUSHED, closed: 'error' }, RESET],
    ['a reset after all was acknowledged', { ...ACKNOWLEDGED, closed: 'error' }, RESET],
    ['a reset after FIN', { ...FLUSHED, peerEnded: 'after-flush', closed: 'error' }, RESET],
    ['a reset where nothing is known', { ...UNKNOWN, closed: 'error' }, RESET],
    ['a close with bytes unacknowledged', { ...FLUSHED, closed: 'clean' }, CLOSED],
    [
      'FIN and a close with bytes unacknowledged',
      { ...FLUSHED, peerEnded: 'after-flush', closed: 'clean' },
      CLOSED,
    ],

    ['all acknowledged, and FIN', { ...ACKNOWLEDGED, peerEnded: 'after-flush' }, by('fin')],
    [
      'all acknowledged, FIN, and the close',
      { ...ACKNOWLEDGED, peerEnded: 'after-flush', closed: 'clean' },
      by('fin'),
    ],
    ['FIN with bytes unacknowledged', { ...FLUSHED, peerEnded: 'after-flush' }, undefined],

    ['all acknowledged, and a next request', { ...ACKNOWLEDGED, nextRequest: true }, by('next-request')],
    ['a next request with bytes unacknowledged', { ...FLUSHED, nextRequest: true }, undefined],
    ['a next request where nothing is known', { ...UNKNOWN, nextRequest: true }, by('next-request')],

    ['all acknowledged', ACKNOWLEDGED, undefined],
    ['all acknowledged, not yet silent long enough', { ...ACKNOWLEDGED, silentFor: 9_999 }, undefined],
    ['all acknowledged, and silence', { ...ACKNOWLEDGED, silentFor: 10_000 }, by('silence')],
    ['silence with bytes unacknowledged', { ...FLUSHED, silentFor: 3_600_000 }, undefined],
    ['silence where nothing is known', { ...UNKNOWN, silentFor: 10_000 }, by('silence')],
    ['too short a silence where nothing is known', { ...UNKNOWN, silentFor: 9_999 }, undefined],

    ['FIN before the body', { ...FLUSHED, peerEnded: 'before-flush' }, undefined],
    ['FIN before the body, all acknowledged', { ...ACKNOWLEDGED, peerEnded: 'before-flush' }, undefined],
    [
      'FIN before the body, then silence',
      { ...ACKNOWLEDGED, peerEnded: 'before-flush', silentFor: 10_000 },
      by('silence'),
    ],
    [
      'FIN before the body, then a reset',
      { ...ACKNOWLEDGED, peerEnded: 'before-flush', closed: 'error' },
      RESET,
    ],
    [
      'FIN before the body, then a close',
      { ...ACKNOWLEDGED, peerEnded: 'before-flush', closed: 'clean' },
      CLOSED,
    ],
  ])('%s', (_, facts, verdict) => {
    expect(judge(facts)).toEqual(verdict);
  });

  const facts: fc.Arbitrary<ConnectionFacts> = fc.record({
    acknowledged: fc.constantFrom(true, false, undefined),
    peerEnded: fc.constantFrom('no', 'before-flush', 'after-flush'),
    nextRequest: fc.boolean(),
    closed: fc.constantFrom('no', 'clean', 'error'),
    silentFor: fc.nat(20_000),
    grace: fc.constantFrom(0, 10_000),
  });

  it('never says "delivered" while a byte is unacknowledged or after a reset', () => {
    fc.assert(
      fc.property(facts, (seen) => {
        const verdict = judge(seen);
        if (seen.acknowledged === false || seen.closed === 'error') expect(verdict?.delivered).not.toBe(true);
      }),
    );
  });

  it('always has an answer once the connection is closed', () => {
    fc.assert(
      fc.property(facts, (seen) => {
        if (seen.closed !== 'no') expect(judge(seen)).toBeDefined();
      }),
    );
  });

  it('stays with a verdict while the silence goes on', () => {
    fc.assert(
      fc.property(facts, fc.nat(20_000), (seen, more) => {
        const verdict = judge(seen);
        if (verdict) expect(judge({ ...seen, silentFor: seen.silentFor + more })).toEqual(verdict);
      }),
    );
  });
});
