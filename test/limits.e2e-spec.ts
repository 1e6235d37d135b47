import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';
import { RawClient } from './support/raw-client.js';

const LARGE = randomBytes(30_000_000);
/** What the kernels on both sides take together, so that it is flushed and not acknowledged. */
const MEDIUM = LARGE.subarray(0, 1_500_000);
const HEAD = 'HTTP/1.1\r\n';

describe('limits', () => {
  let drawbridge: Drawbridge;
  afterEach(async () => {
    await drawbridge.stop();
  });

  async function start(environment: Record<string, string>) {
    drawbridge = await Drawbridge.start(environment);
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    return {
      large: writeEncryptedBackup(drawbridge.root, 'large.sql.enc', LARGE).file,
      medium: writeEncryptedBackup(drawbridge.root, 'medium.sql.enc', MEDIUM).file,
    };
  }

  const attemptOf = async (id: string) => (await drawbridge.link(id)).transfers[0]?.attempts[0];

  /** What a client is told that asks for a link. */
  async function get(url: string, headers: Record<string, string> = {}) {
    const response = await fetch(url, { headers });
    const body = (await response.json()) as { code: string };
    return { status: response.status, code: body.code, retryAfter: response.headers.get('retry-after') };
  }

  describe('readers (G25)', () => {
    it.each(['large', 'medium'] as const)(
      'drops a client that reads nothing more of a %s file, and gives the link back',
      async (size) => {
        const files = await start({ IDLE_TIMEOUT_MS: '1000' });
        const link = await drawbridge.mint(files[size]);
        const client = await RawClient.request(link.url, HEAD);
        await client.readBody(1_000);
        expect(await drawbridge.stateOf(link.id, ['available'], 10_000)).toBe('available');
        expect(await attemptOf(link.id)).toMatchObject({ outcome: 'broken', reason: 'idle' });
        client.destroy();
        const whole = await curl(link.url);
        expect(whole.stdout.equals(size === 'large' ? LARGE : MEDIUM)).toBe(true);
      },
      30_000,
    );

    it('drops a client below the least rate after the grace time, and keeps one above it', async () => {
      const { large } = await start({ MIN_RATE_BYTES_PER_S: '4000000', MIN_RATE_GRACE_MS: '2000' });
      const [slow, quick] = [await drawbridge.mint(large), await drawbridge.mint(large)];
      const [dropped, kept] = await Promise.all([
        curl(slow.url, ['--limit-rate', '1M']),
        curl(quick.url, ['--limit-rate', '16M']),
      ]);
      expect([18, 56]).toContain(dropped.code);
      expect(kept.code).toBe(0);
      expect(await drawbridge.stateOf(slow.id, ['available'])).toBe('available');
      expect(await attemptOf(slow.id)).toMatchObject({ outcome: 'broken', reason: 'too-slow' });
      expect(await drawbridge.stateOf(quick.id, ['used'])).toBe('used');
    }, 60_000);

    it('waits for a verdict longer than for a reader', async () => {
      const { medium } = await start({ IDLE_TIMEOUT_MS: '1000', DELIVERY_GRACE_MS: '3000' });
      const link = await drawbridge.mint(medium);
      const client = await RawClient.request(link.url, HEAD);
      await client.readBody(MEDIUM.length);
      expect(await drawbridge.stateOf(link.id, ['used', 'available'], 10_000)).toBe('used');
      expect(await attemptOf(link.id)).toMatchObject({ outcome: 'delivered', reason: 'silence' });
      client.destroy();
    }, 30_000);
  });

  it('has so many streams; who comes too many may try again, and nothing of the link is used', async () => {
    const { large } = await start({ MAX_STREAMS: '2' });
    const [first, second, third] = [
      await drawbridge.mint(large),
      await drawbridge.mint(large),
      await drawbridge.mint(large),
    ];
    const clients = await Promise.all([first, second].map(({ url }) => RawClient.request(url, HEAD)));
    for (const client of clients) await client.readBody(1_000);
    expect(await get(third.url)).toEqual({ status: 503, code: 'too-many-streams', retryAfter: '5' });
    expect((await drawbridge.link(third.id)).transfers).toEqual([]);
    clients[0]!.reset();
    expect(await drawbridge.stateOf(first.id, ['available'])).toBe('available');
    expect((await curl(third.url)).stdout.equals(LARGE)).toBe(true);
    clients[1]!.destroy();
  });

  it('holds so many links', async () => {
    const { medium } = await start({ MAX_LIVE_LINKS: '3' });
    for (let i = 0; i < 3; i++) await drawbridge.mint(medium);
    const { status, headers, body } = await drawbridge.tryMint(medium);
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: 'too-many-links' });
    expect(headers.get('retry-after')).toBe('60');
  });

  describe('unknown tokens (G27)', () => {
    it('has a budget for each address, that valid links need not', async () => {
      const { medium } = await start({ BAD_TOKENS_PER_MINUTE: '5', TRUSTED_PROXIES: '127.0.0.1' });
      const url = (token: string) => `${drawbridge.url}/api/storage/public-download?token=${token}`;
      const link = await drawbridge.mint(medium);
      const codes: string[] = [];
      // Both those that could be and those that cannot: a guesser learns of no difference.
      for (let i = 0; i < 6; i++) {
        const token = i % 2 ? randomBytes(32).toString('base64url') : 'short';
        codes.push((await get(url(token))).code);
      }
      expect(codes).toEqual([...Array<string>(5).fill('link-invalid'), 'too-many-bad-tokens']);
      const { status, retryAfter } = await get(url('x'));
      expect(status).toBe(429);
      expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
      expect(Number(retryAfter)).toBeLessThanOrEqual(12);
      expect((await get(url('x'), { 'X-Forwarded-For': '192.0.2.1' })).code).toBe('link-invalid');

      expect((await curl(link.url)).stdout.equals(MEDIUM)).toBe(true);
      expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
      // A used link is no guess.
      expect((await get(link.url)).code).toBe('link-invalid');
    });
  });

  describe('requests (G27)', () => {
    /** Sends `first`, then `more` every 100 ms; what came back until the connection ended. */
    async function slowly(first: string, more: string): Promise<string> {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(drawbridge.url).port) });
      let received = '';
      socket.setEncoding('latin1').on('data', (text: string) => (received += text));
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      if (first !== '') socket.write(first);
      const timer = setInterval(() => socket.write(more), 100);
      await once(socket, 'close');
      clearInterval(timer);
      return received;
    }

    it('ends connections whose headers do not come to an end, or never begin', async () => {
      await start({});
      const started = performance.now();
      const [slow, silent] = await Promise.all([
        slowly('GET / HTTP/1.1\r\nHost: x\r\nX: ', 'x'),
        slowly('', ''),
      ]);
      // 15 s, looked at every 5 s.
      expect(performance.now() - started).toBeLessThan(25_000);
      expect(slow).toContain('408 Request Timeout');
      expect(silent).not.toContain('200');
    }, 40_000);

    it('refuses 100 KB of headers with 431', async () => {
      await start({});
      const response = await fetch(`${drawbridge.url}/health/live`, { headers: { X: 'x'.repeat(100_000) } });
      expect(response.status).toBe(431);
    });

    it('is not impressed by thousands of ranges', async () => {
      const { medium } = await start({});
      const link = await drawbridge.mint(medium);
      const ranges = (count: number) => Array.from({ length: count }, (_, i) => `${i}-${i}`).join(',');
      const head = async (Range: string) => {
        const started = performance.now();
        const { status } = await fetch(link.url, { method: 'HEAD', headers: { Range } });
        return { status, ms: performance.now() - started };
      };
      expect((await head(`bytes=${ranges(10_000)}`)).status).toBe(431);
      const many = await head(`bytes=${ranges(1_600)}`);
      expect(many.status).toBe(200);
      expect(many.ms).toBeLessThan(500);
      expect((await drawbridge.link(link.id)).state).toBe('available');
    });
  });
});
