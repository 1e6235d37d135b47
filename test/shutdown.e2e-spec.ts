import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { curl } from './support/clients.js';
import { RawClient } from './support/raw-client.js';
import { Restartable } from './support/restartable.js';

const HEAD = 'HTTP/1.1\r\n';
/** In 1 to 2 seconds all of it. */
const UNHURRIED = ['--limit-rate', '12M'];

/** Runs side by side with the others: each has a service of its own. */
function itStops(
  title: string,
  environment: Record<string, string>,
  test: (bench: Restartable) => Promise<void>,
): void {
  it.concurrent(
    title,
    async () => {
      const bench = await Restartable.start(environment);
      try {
        await test(bench);
      } finally {
        await bench.remove();
      }
    },
    90_000,
  );
}

const read = async (url: string) => {
  const response = await fetch(url);
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, connection: response.headers.get('connection') };
};

describe('a stop (G30)', () => {
  itStops('lets 20 downloads end whole, and begins no other', {}, async (bench) => {
    const { service, backup } = bench;
    const links = await Promise.all(Array.from({ length: 20 }, () => service.mint(backup.file)));
    const late = await service.mint(backup.file);
    const clients = links.map(({ url }) => curl(url, UNHURRIED));
    for (const { id } of links) expect(await service.stateOf(id, ['active'], 20_000)).toBe('active');

    const ended = service.end('SIGTERM');
    await service.says('SIGTERM: stopping');
    expect(await read(`${service.url}/health/ready`)).toMatchObject({ status: 503, code: 'not-ready' });
    expect((await read(`${service.url}/health/live`)).status).toBe(200);
    const refused = { status: 503, code: 'shutting-down', connection: 'close' };
    expect(await read(late.url)).toEqual(refused);

    for (const { code, stdout } of await Promise.all(clients)) {
      expect(code).toBe(0);
      expect(stdout.equals(backup.plain)).toBe(true);
    }
    expect(await ended).toEqual({ code: 0, signal: null });
    await bench.startAgain();
    for (const { id } of links) expect((await bench.service.link(id)).state).toBe('used');
    expect((await bench.service.link(late.id)).state).toBe('available');
  });

  itStops('waits for a pending verdict', { DELIVERY_GRACE_MS: '3000' }, async (bench) => {
    const { service, backup } = bench;
    const [silent, reset] = [await service.mint(backup.file), await service.mint(backup.file)];
    const clients = await Promise.all([silent, reset].map(({ url }) => RawClient.request(url, HEAD)));
    for (const client of clients) await client.readBody(backup.plain.length);
    const ended = service.end('SIGTERM');
    await service.says('SIGTERM: stopping');
    clients[1]!.reset();
    expect(await ended).toEqual({ code: 0, signal: null });
    clients[0]!.destroy();
    await bench.startAgain();
    expect((await bench.service.link(silent.id)).state).toBe('used');
    expect((await bench.service.link(reset.id)).state).toBe('available');
  });

  itStops(
    'cuts what is not over when the time is up, and gives it back',
    { DRAIN_MS: '1000' },
    async (bench) => {
      const { service, backup } = bench;
      // What the kernels on both sides take together, so that it is flushed and not acknowledged.
      writeFileSync(join(bench.home.root, 'small.sql'), backup.plain.subarray(0, 1_500_000));
      const [stalled, flushed] = [await service.mint(backup.file), await service.mint('small.sql')];
      const clients = await Promise.all([stalled, flushed].map(({ url }) => RawClient.request(url, HEAD)));
      for (const client of clients) await client.readBody(1_000);
      const began = performance.now();
      expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(performance.now() - began).toBeLessThan(10_000);
      for (const client of clients) client.destroy();
      await bench.startAgain();
      for (const { id, url } of [stalled, flushed]) {
        const { state, transfers } = await bench.service.link(id);
        expect(state).toBe('available');
        expect(transfers[0]?.attempts[0]).toMatchObject({ outcome: 'broken', reason: 'shutdown' });
        expect((await curl(url)).code).toBe(0);
      }
    },
  );

  itStops('is not held up by connections without a download', {}, async ({ service }) => {
    const port = Number(new URL(service.url).port);
    const open = async (text: string) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      if (text !== '') socket.write(text);
      return socket;
    };
    // Idle after an answer, in the middle of a request, and silent from the beginning.
    const idle = await open('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(idle, 'data');
    const sockets = [idle, await open('GET /health/live HTTP/1.1\r\nHost:'), await open('')];
    const began = performance.now();
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(10_000);
    for (const socket of sockets) socket.destroy();
  });

  itStops('ends at the second signal', {}, async ({ service, backup }) => {
    const { url } = await service.mint(backup.file);
    const client = await RawClient.request(url, HEAD);
    await client.readBody(1_000);
    const ended = service.end('SIGTERM');
    await service.says('SIGTERM: stopping');
    await sleep(100);
    service.child.kill('SIGTERM');
    const began = performance.now();
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(performance.now() - began).toBeLessThan(5_000);
    client.destroy();
  });
});
