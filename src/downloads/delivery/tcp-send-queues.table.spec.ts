import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { SendQueueSnapshot, TcpSendQueues as Queues } from './tcp-send-queues.js';

/** The kernel's files as the test writes them; undefined: there is no such file. */
const files: Record<string, string | undefined> = {};
/** One function for each pass over the files that is under way: it lets the pass end. */
let passes: (() => void)[] = [];
let held = false;

jest.unstable_mockModule('node:fs/promises', () => ({
  readFile: async (path: string) => {
    if (path === '/proc/net/tcp' && held) await new Promise<void>((resolve) => passes.push(resolve));
    const content = files[path];
    if (content === undefined) throw new Error('ENOENT');
    return content;
  },
}));
const { TcpSendQueues } = await import('./tcp-send-queues.js');

const HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (addresses: string, queues: string) =>
  `   0: ${addresses} 01 ${queues} 01:00000014 00000000     0        0 4711 2 0000000000000000 20 4 30 10 -1\n`;
const IPV4 = { localAddress: '127.0.0.1', localPort: 3000, remoteAddress: '10.0.0.7', remotePort: 54_321 };
const IPV6 = { localAddress: '::1', localPort: 443, remoteAddress: '::ffff:10.0.0.7', remotePort: 80 };
const IPV4_LINE = '0100007F:0BB8 0700000A:D431';
const IPV6_LINE = '00000000000000000000000001000000:01BB 0000000000000000FFFF00000700000A:0050';

const turns = async () => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

describe('the table', () => {
  beforeEach(() => {
    held = false;
    files['/proc/net/tcp'] = HEADING + line(IPV4_LINE, '00000000:00000005');
    files['/proc/net/tcp6'] = HEADING + line(IPV6_LINE, '0001A2B3:00000000');
  });

  it('has what was sent and not acknowledged, in hex, for either family', async () => {
    const snapshot = await new TcpSendQueues().look();
    expect(snapshot.unacknowledged(IPV4)).toBe(0);
    expect(snapshot.unacknowledged(IPV6)).toBe(0x1a2b3);
  });

  it('tells connections apart by each of the four parts', async () => {
    const snapshot = await new TcpSendQueues().look();
    for (const other of [
      { ...IPV4, localAddress: '127.0.0.2' },
      { ...IPV4, localPort: 3001 },
      { ...IPV4, remoteAddress: '10.0.0.8' },
      { ...IPV4, remotePort: 54_322 },
      { localPort: 3000, remoteAddress: undefined, remotePort: 54_321 },
    ])
      expect(snapshot.unacknowledged(other)).toBeUndefined();
  });

  it('tells the same however many connections it holds and however often it is asked', async () => {
    const word = fc.nat(0xffff_ffff);
    const rows = fc.uniqueArray(
      fc.record({ port: fc.integer({ min: 1, max: 65_535 }), queue: word, v6: fc.boolean() }),
      {
        selector: ({ port }) => port,
        maxLength: 40,
      },
    );
    const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
    await fc.assert(
      fc.asyncProperty(rows, async (list) => {
        const linesOf = (v6: boolean) =>
          list
            .filter((row) => row.v6 === v6)
            .map(({ port, queue }) => {
              const addresses = (v6 ? IPV6_LINE : IPV4_LINE).replace(/[0-9A-F]{4}$/, hex(port, 4));
              return line(addresses, `${hex(queue, 8)}:00000000`);
            });
        files['/proc/net/tcp'] = HEADING + linesOf(false).join('');
        files['/proc/net/tcp6'] = HEADING + linesOf(true).join('');
        const snapshot = await new TcpSendQueues().look();
        for (let round = 0; round < 3; round++)
          for (const { port, queue, v6 } of list) {
            const [own, other] = v6 ? [IPV6, IPV4] : [IPV4, IPV6];
            expect(snapshot.unacknowledged({ ...own, remotePort: port })).toBe(queue);
            expect(snapshot.unacknowledged({ ...other, remotePort: port })).toBeUndefined();
          }
      }),
      { numRuns: 50 },
    );
  });

  it('covers what it shows, once seen for ever, for each family', async () => {
    const queues = new TcpSendQueues();
    const unseen = { ...IPV4, localPort: 1 };
    expect(await queues.covers(unseen)).toBe(false);
    expect(await queues.covers(IPV4)).toBe(true);
    expect(await queues.covers(unseen)).toBe(true);
    expect(await queues.covers({ ...IPV6, localPort: 1 })).toBe(false);
    expect(await queues.covers(IPV6)).toBe(true);
    expect(await queues.covers({ ...IPV6, localPort: 1 })).toBe(true);
  });

  it('counts IPv4 mapped into IPv6 as IPv6, where the kernel lists it', async () => {
    const queues = new TcpSendQueues();
    expect(await queues.covers(IPV6)).toBe(true);
    expect(await queues.covers({ ...IPV4, localAddress: '::ffff:127.0.0.1' })).toBe(true);
    expect(await queues.covers({ ...IPV4, localPort: 1 })).toBe(false);
  });

  it('is there with one family alone', async () => {
    files['/proc/net/tcp6'] = undefined;
    const queues = new TcpSendQueues();
    expect(await queues.covers(IPV4)).toBe(true);
    expect(await queues.covers(IPV6)).toBe(false);
    expect((await queues.look()).unacknowledged(IPV4)).toBe(0);
  });

  it('covers nothing where the kernel has none', async () => {
    files['/proc/net/tcp'] = files['/proc/net/tcp6'] = undefined;
    const queues = new TcpSendQueues();
    expect(await queues.covers(IPV4)).toBe(false);
    expect((await queues.look()).unacknowledged(IPV4)).toBeUndefined();
  });
});

describe('reading it', () => {
  let queues: Queues;
  beforeEach(() => {
    jest.useFakeTimers();
    held = true;
    passes = [];
    files['/proc/net/tcp'] = HEADING;
    queues = new TcpSendQueues();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const show = (waiting: string) => {
    files['/proc/net/tcp'] = HEADING + line(IPV4_LINE, `${waiting}:00000000`);
  };
  const endPass = async () => {
    passes.shift()?.();
    await turns();
  };

  it('is done once for all who ask during a pass, after that pass: no look is older than its question', async () => {
    const first = queues.look();
    const [second, third] = [queues.look(), queues.look()];
    await turns();
    expect(passes).toHaveLength(1);
    show('00000001');
    await endPass();
    expect((await first).unacknowledged(IPV4)).toBe(1);
    expect(passes).toHaveLength(1);
    show('00000002');
    const fourth = queues.look();
    await turns();
    expect(passes).toHaveLength(1);
    await endPass();
    expect((await second).unacknowledged(IPV4)).toBe(2);
    expect(await third).toBe(await second);
    show('00000003');
    await endPass();
    expect((await fourth).unacknowledged(IPV4)).toBe(3);
    expect(passes).toHaveLength(0);
  });

  it('begins at once when nobody is looking', async () => {
    void queues.look();
    await endPass();
    void queues.look();
    expect(passes).toHaveLength(1);
    await endPass();
  });

  it('goes on every 50 ms while somebody listens, for all of them together', async () => {
    held = false;
    const heard: SendQueueSnapshot[][] = [[], []];
    const stops = heard.map((list) => queues.listen((snapshot) => list.push(snapshot)));
    await jest.advanceTimersByTimeAsync(49);
    expect(heard).toEqual([[], []]);
    await jest.advanceTimersByTimeAsync(101);
    expect(heard[0]).toHaveLength(3);
    expect(heard[1]).toEqual(heard[0]);
    stops[0]?.();
    await jest.advanceTimersByTimeAsync(50);
    expect(heard.map((list) => list.length)).toEqual([3, 4]);
    stops[1]?.();
    expect(jest.getTimerCount()).toBe(0);
    await jest.advanceTimersByTimeAsync(500);
    expect(heard.map((list) => list.length)).toEqual([3, 4]);
  });

  it('begins again for the next who listens, and takes a second stop in good part', async () => {
    held = false;
    queues.listen(() => undefined)();
    let heard = 0;
    const stop = queues.listen(() => heard++);
    await jest.advanceTimersByTimeAsync(50);
    expect(heard).toBe(1);
    stop();
    stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tells nobody who stopped while a pass was under way', async () => {
    let heard = 0;
    const stop = queues.listen(() => heard++);
    await jest.advanceTimersByTimeAsync(50);
    expect(passes).toHaveLength(1);
    stop();
    await endPass();
    expect(heard).toBe(0);
  });

  it('tells nobody of a time before they asked', async () => {
    const heard: string[] = [];
    const stopEarly = queues.listen(() => heard.push('early'));
    await jest.advanceTimersByTimeAsync(50);
    const stopLate = queues.listen(() => heard.push('late'));
    await endPass();
    expect(heard).toEqual(['early']);
    await jest.advanceTimersByTimeAsync(50);
    await endPass();
    expect(heard).toEqual(['early', 'early', 'late']);
    stopEarly();
    stopLate();
  });

  it('piles nothing up when a pass takes longer than the pause', async () => {
    const stop = queues.listen(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(passes).toHaveLength(1);
    await endPass();
    expect(passes).toHaveLength(0);
    stop();
  });
});
