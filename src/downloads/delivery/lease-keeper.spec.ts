import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AttemptProgress, AttemptVerdict } from '../../download-tokens/claim.js';
import type { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { LeaseKeeper } from './lease-keeper.js';

const RENEWAL_MS = 5_000;
const OWNERSHIP = 65_536;

/** A store whose answers the test gives. */
class FakeTokens {
  readonly reports: AttemptProgress[] = [];
  state: AttemptVerdict['state'] = 'active';
  failing = false;
  /** Holds answers back until it resolves. */
  gate: Promise<void> = Promise.resolve();
  underWay = 0;
  mostUnderWay = 0;

  async renewLease(token: string, attemptId: string, progress: AttemptProgress): Promise<AttemptVerdict> {
    expect([token, attemptId]).toEqual(['token', 'attempt']);
    this.reports.push(progress);
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    await this.gate;
    this.underWay--;
    if (this.failing) throw new Error('The store does not answer');
    return { accepted: true, state: this.state };
  }
}

describe('LeaseKeeper', () => {
  let tokens: FakeTokens;
  let sent: number;
  let ended: string[];
  let keeper: LeaseKeeper;
  const wait = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);
  const advance = async (to: number) => {
    sent = to;
    keeper.advanced();
    await wait(0);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    tokens = new FakeTokens();
    sent = 0;
    ended = [];
    keeper = new LeaseKeeper(
      tokens as unknown as DownloadTokensService,
      'token',
      'attempt',
      () => sent,
      (state) => ended.push(state),
    );
  });
  afterEach(async () => {
    await keeper.stop();
    jest.useRealTimers();
  });

  it('renews every 5 seconds, and tells whether anything new was taken', async () => {
    await wait(RENEWAL_MS - 1);
    expect(tokens.reports).toEqual([]);
    await wait(1);
    sent = 10;
    await wait(RENEWAL_MS);
    await wait(RENEWAL_MS);
    expect(tokens.reports).toEqual([
      { sent: 0, advanced: false },
      { sent: 10, advanced: true },
      { sent: 10, advanced: false },
    ]);
  });

  it('reports at once when enough was sent to own the link, and once only', async () => {
    await advance(OWNERSHIP - 1);
    expect(tokens.reports).toEqual([]);
    await advance(OWNERSHIP);
    await advance(OWNERSHIP * 2);
    expect(tokens.reports).toEqual([{ sent: OWNERSHIP, advanced: true }]);
  });

  it.each(['expired', 'revoked', 'exhausted'] as const)('says when the link is %s', async (state) => {
    tokens.state = state;
    await wait(RENEWAL_MS);
    expect(ended).toEqual([state]);
  });

  it.each(['available', 'active', 'used'] as const)('lets the stream go on while it is %s', async (state) => {
    tokens.state = state;
    await wait(RENEWAL_MS * 3);
    expect(ended).toEqual([]);
    expect(tokens.reports).toHaveLength(3);
  });

  it('lets the stream go on while the store does not answer, and reports what was missed', async () => {
    tokens.failing = true;
    sent = 10;
    await wait(RENEWAL_MS * 2);
    expect(ended).toEqual([]);
    tokens.failing = false;
    await wait(RENEWAL_MS);
    expect(tokens.reports.at(-1)).toEqual({ sent: 10, advanced: true });
  });

  it('never has two reports under way', async () => {
    let open!: () => void;
    tokens.gate = new Promise((resolve) => (open = resolve));
    await wait(RENEWAL_MS * 3);
    await advance(OWNERSHIP);
    expect(tokens.underWay).toBe(1);
    open();
    await wait(0);
    expect(tokens.mostUnderWay).toBe(1);
    expect(tokens.underWay).toBe(0);
  });

  it('stops only when no report is under way any more, and none follows', async () => {
    let open!: () => void;
    tokens.gate = new Promise((resolve) => (open = resolve));
    await wait(RENEWAL_MS);
    let stopped = false;
    const stopping = keeper.stop().then(() => (stopped = true));
    await wait(RENEWAL_MS * 5);
    expect(stopped).toBe(false);
    open();
    await stopping;
    await wait(RENEWAL_MS * 5);
    expect(tokens.reports).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});
