import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hexAddress, TcpSendQueues } from './tcp-send-queues.js';

describe('hexAddress', () => {
  it.each([
    ['127.0.0.1', '0100007F'],
    ['192.168.1.10', '0A01A8C0'],
    ['0.0.0.0', '00000000'],
    ['255.254.253.252', 'FCFDFEFF'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000001000000'],
    ['2001:db8::1', 'B80D0120000000000000000001000000'],
    ['2001:db8:1:2:3:4:5:6', 'B80D0120020001000400030006000500'],
    ['1::', '00000100000000000000000000000000'],
    ['fe80::aabb:ccff:fedd:eeff', '000080FE00000000FFCCBBAAFFEEDDFE'],
    ['fe80::1%eth0', '000080FE000000000000000001000000'],
    ['::ffff:127.0.0.1', '0000000000000000FFFF00000100007F'],
    ['::FFFF:10.1.2.3', '0000000000000000FFFF00000302010A'],
    ['::ffff:7f00:1', '0000000000000000FFFF00000100007F'],
    ['64:ff9b::192.0.2.33', '9BFF64000000000000000000210200C0'],
  ])('%s is %s in the table', (address, hex) => {
    expect(hexAddress(address)).toBe(hex);
  });

  it('is the same for every spelling of an address', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const full = groups.map((value) => value.toString(16).padStart(4, '0')).join(':');
        const short = new URL(`http://[${full}]`).hostname.slice(1, -1);
        expect(hexAddress(short)).toBe(hexAddress(full));
        expect(hexAddress(full)).toMatch(/^[0-9A-F]{32}$/);
      }),
    );
  });
});

/** What a listener on `host` and a client of it see of each other. */
class Pair {
  private constructor(
    readonly server: Server,
    readonly ours: Socket,
    readonly peer: Socket,
  ) {}

  static async over(listenOn: string, connectTo = listenOn): Promise<Pair> {
    const server = createServer({ pauseOnConnect: true }).listen(0, listenOn);
    await once(server, 'listening');
    const peer = connect({ port: (server.address() as AddressInfo).port, host: connectTo });
    peer.pause();
    const [ours] = (await once(server, 'connection')) as [Socket];
    for (const socket of [ours, peer]) socket.on('error', () => undefined);
    return new Pair(server, ours, peer);
  }

  async close(): Promise<void> {
    this.ours.destroy();
    this.peer.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Looks until the queue is as wanted; the limit is far beyond what a loopback takes. */
async function queueUntil(
  queues: TcpSendQueues,
  socket: Socket,
  wanted: (bytes: number | undefined) => boolean,
): Promise<number | undefined> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const bytes = (await queues.look()).unacknowledged(socket);
    if (wanted(bytes) || performance.now() > deadline) return bytes;
  }
}

const describeOnLinux = existsSync('/proc/net/tcp') ? describe : undefined;

describeOnLinux?.('TcpSendQueues', () => {
  const MORE_THAN_ALL_BUFFERS = 64 * 1024 * 1024;
  const hosts: [name: string, listenOn: string, connectTo: string][] = [
    ['IPv4', '127.0.0.1', '127.0.0.1'],
    ...(existsSync('/proc/net/if_inet6')
      ? ([
          ['IPv6', '::1', '::1'],
          ['IPv4 mapped into IPv6', '::', '127.0.0.1'],
        ] satisfies [string, string, string][])
      : []),
  ];

  describe.each(hosts)('over %s', (name, listenOn, connectTo) => {
    let pair: Pair;
    const queues = new TcpSendQueues();
    beforeEach(async () => {
      pair = await Pair.over(listenOn, connectTo);
    });
    afterEach(() => pair.close());

    it('finds both ends of a connection, with nothing waiting', async () => {
      expect(await queues.covers(pair.ours)).toBe(true);
      const snapshot = await queues.look();
      expect(snapshot.unacknowledged(pair.ours)).toBe(0);
      expect(snapshot.unacknowledged(pair.peer)).toBe(0);
      if (name === 'IPv4 mapped into IPv6') expect(pair.ours.localAddress).toBe('::ffff:127.0.0.1');
    });

    it('shows what waits while the peer does not read, and nothing once it has', async () => {
      pair.ours.write(Buffer.alloc(MORE_THAN_ALL_BUFFERS));
      expect(await queueUntil(queues, pair.ours, (bytes) => bytes !== 0)).toBeGreaterThan(0);
      expect((await queues.look()).unacknowledged(pair.peer)).toBe(0);
      let received = 0;
      pair.peer.on('data', (chunk: Buffer) => (received += chunk.length));
      pair.peer.resume();
      while (received < MORE_THAN_ALL_BUFFERS) await once(pair.peer, 'data');
      expect(await queueUntil(queues, pair.ours, (bytes) => bytes === 0)).toBe(0);
    });

    it('no longer finds a connection that was reset', async () => {
      expect((await queues.look()).unacknowledged(pair.ours)).toBe(0);
      pair.peer.resetAndDestroy();
      expect(await queueUntil(queues, pair.ours, (bytes) => bytes === undefined)).toBeUndefined();
    });
  });

  it('knows nothing of a connection that is not there', async () => {
    const queues = new TcpSendQueues();
    const snapshot = await queues.look();
    const elsewhere = { localAddress: '192.0.2.1', localPort: 1, remoteAddress: '192.0.2.2', remotePort: 2 };
    expect(snapshot.unacknowledged(elsewhere)).toBeUndefined();
    expect(await queues.covers(elsewhere)).toBe(false);
  });
});
