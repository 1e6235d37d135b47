import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RunningAttempts, type RunningAttempt } from './running-attempts.js';

/** An attempt that ends when told to, or, unless `stubborn`, when it is cut. */
class FakeAttempt implements RunningAttempt {
  readonly transferId = 'transfer';
  readonly range = { start: 0, end: 10 };
  readonly sent = () => 0;
  readonly written = () => false;
  readonly failed = () => false;
  readonly trail = () => [];
  readonly report = jest.fn(() => Promise.resolve());
  readonly cuts: string[] = [];
  readonly over: Promise<void>;
  end!: () => void;

  constructor(
    readonly id: string,
    readonly linkId = 'link',
    private readonly stubborn = false,
  ) {
    this.over = new Promise((resolve) => (this.end = resolve));
  }

  cut(reason: string): void {
    this.cuts.push(reason);
    if (!this.stubborn) this.end();
  }
}

/** Whether a promise has settled by now; lets everything that is due run first. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  return settled;
}

describe('RunningAttempts', () => {
  let running: RunningAttempts;
  const add = (...attempts: FakeAttempt[]) => {
    for (const attempt of attempts) running.add(attempt);
  };
  beforeEach(() => {
    jest.useFakeTimers();
    running = new RunningAttempts();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('counts those that run, until they are over', async () => {
    const [a, b] = [new FakeAttempt('a'), new FakeAttempt('b')];
    add(a, b);
    expect(running.count).toBe(2);
    a.end();
    await isSettled(a.over);
    expect(running.count).toBe(1);
  });

  it('cuts those named as taken over, and no other', async () => {
    const [a, b] = [new FakeAttempt('a'), new FakeAttempt('b')];
    add(a, b);
    await running.cut(['a', 'of-another-process']);
    expect([a.cuts, b.cuts]).toEqual([['taken-over'], []]);
  });

  it('waits until those it cut are over', async () => {
    const [a, b] = [new FakeAttempt('a', 'link', true), new FakeAttempt('b', 'link', true)];
    add(a, b);
    const cut = running.cut(['a']);
    expect(await isSettled(cut)).toBe(false);
    a.end();
    expect(await isSettled(cut)).toBe(true);
  });

  it('cuts every attempt of a revoked link', async () => {
    const attempts = [new FakeAttempt('a', 'x'), new FakeAttempt('b', 'y'), new FakeAttempt('c', 'x')];
    add(...attempts);
    await running.cutLink('x');
    expect(attempts.map(({ cuts }) => cuts)).toEqual([['revoked'], [], ['revoked']]);
  });

  it('has nothing to wait for when nothing runs', async () => {
    expect(await isSettled(running.drain(15_000))).toBe(true);
    expect(await isSettled(running.cut(['a']))).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets attempts end by themselves, uncut, and keeps no timer', async () => {
    const [a, b] = [new FakeAttempt('a'), new FakeAttempt('b')];
    add(a, b);
    const drained = running.drain(15_000);
    a.end();
    expect(await isSettled(drained)).toBe(false);
    b.end();
    expect(await isSettled(drained)).toBe(true);
    expect([...a.cuts, ...b.cuts]).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('cuts what still runs when the time is up, and waits for its end', async () => {
    const [quick, slow] = [new FakeAttempt('quick'), new FakeAttempt('slow', 'link', true)];
    add(quick, slow);
    const drained = running.drain(15_000);
    quick.end();
    await jest.advanceTimersByTimeAsync(14_999);
    expect(slow.cuts).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(slow.cuts).toEqual(['shutdown']);
    expect(quick.cuts).toEqual([]);
    expect(await isSettled(drained)).toBe(false);
    slow.end();
    expect(await isSettled(drained)).toBe(true);
  });

  it('cuts attempts, too, that began while it was waiting', async () => {
    const [early, late] = [new FakeAttempt('early'), new FakeAttempt('late')];
    add(early);
    const drained = running.drain(15_000);
    add(late);
    early.end();
    expect(await isSettled(drained)).toBe(true);
    expect(late.cuts).toEqual(['shutdown']);
    expect(running.count).toBe(0);
  });
});
