import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TcpSendQueues } from '../delivery/tcp-send-queues.js';
import type { DownloadsOptions } from '../downloads.options.js';
import { SlowReadersService } from './slow-readers.service.js';

const LIMITS = { minRateBytesPerS: 1_024, minRateGraceMs: 30_000, idleTimeoutMs: 60_000 };

/** The kernel's table as tests write it. */
class FakeQueues {
  looks = 0;
  readonly table = new Map<Socket, number>();

  look() {
    this.looks += 1;
    return Promise.resolve({ unacknowledged: (socket: Socket) => this.table.get(socket) });
  }

  isCovered() {
    return true;
  }
}

class FakeStream {
  readonly socket = {} as Socket;
  readonly cuts: string[] = [];
  readonly writer = { sent: 0, pending: 0, waitedMs: 0 };

  cut(reason: string): void {
    this.cuts.push(reason);
  }
}

describe('SlowReadersService', () => {
  let queues: FakeQueues;
  let readers: SlowReadersService;
  beforeEach(() => {
    jest.useFakeTimers();
    queues = new FakeQueues();
    const options = { limits: LIMITS } as Pick<DownloadsOptions, 'limits'>;
    readers = new SlowReadersService(options, queues as unknown as TcpSendQueues);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Lets seconds pass in which the client of `stream` is waited for and acknowledges `bytes` each. */
  async function pass(seconds: number, stream: FakeStream, bytes = 0): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      stream.writer.waitedMs += 1_000;
      stream.writer.sent += bytes;
      await jest.advanceTimersByTimeAsync(1_000);
    }
  }

  it('cuts a stalled reader after the idle time, and leaves one that moves', async () => {
    const stalled = new FakeStream();
    const moving = new FakeStream();
    for (const stream of [stalled, moving]) {
      stream.writer.pending = 96 * 1024;
      queues.table.set(stream.socket, 1_000_000);
      readers.watch(stream);
    }
    for (let second = 0; second < 65; second++) {
      stalled.writer.waitedMs += 1_000;
      await pass(1, moving, 2_048);
    }
    expect(stalled.cuts[0]).toBe('idle');
    expect(moving.cuts).toEqual([]);
  });

  it('does not look at the kernel while no client is waited for', async () => {
    const stream = new FakeStream();
    readers.watch(stream);
    await jest.advanceTimersByTimeAsync(600_000);
    expect(queues.looks).toBe(0);
    await pass(1, stream);
    expect(queues.looks).toBe(1);
  });

  it('makes nothing of a connection that is missing in one look', async () => {
    const stream = new FakeStream();
    stream.writer.pending = 10;
    readers.watch(stream);
    await pass(200, stream);
    expect(stream.cuts).toEqual([]);
  });

  it('stops its timer with the last stream', () => {
    const ends = [new FakeStream(), new FakeStream()].map((stream) => readers.watch(stream));
    expect(jest.getTimerCount()).toBe(1);
    for (const end of ends) end();
    expect(jest.getTimerCount()).toBe(0);
  });
});
