import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trustedCertificate } from './support/certificates.js';
import { curl, wget } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';
import { RawClient } from './support/raw-client.js';
import { describeWithProgram } from './support/service.js';

const SMALL = randomBytes(100_000);
const LARGE = randomBytes(30_000_000);
const HEADS = {
  'HTTP/1.1': 'HTTP/1.1\r\n',
  'Connection: close': 'HTTP/1.1\r\nConnection: close\r\n',
  'HTTP/1.0': 'HTTP/1.0\r\n',
};

describeWithProgram(['openssl', 'curl', 'wget'], 'over TLS', () => {
  let certificate: Awaited<ReturnType<typeof trustedCertificate>>;
  let drawbridge: Drawbridge;
  let small: EncryptedBackup;
  let large: EncryptedBackup;
  beforeAll(async () => {
    certificate = await trustedCertificate();
    drawbridge = await Drawbridge.start({
      TLS_CERT_FILE: certificate.certFile,
      TLS_KEY_FILE: certificate.keyFile,
      DELIVERY_GRACE_MS: '1000',
    });
    small = writeEncryptedBackup(drawbridge.root, 'small.sql.enc', SMALL);
    large = writeEncryptedBackup(drawbridge.root, 'large.sql.enc', LARGE);
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  });
  afterAll(async () => {
    await drawbridge.stop();
    await certificate.remove();
  });

  it.each([
    ['curl', (url: string) => curl(url, ['--cacert', certificate.certFile])],
    ['wget', (url: string) => wget(url, [`--ca-certificate=${certificate.certFile}`])],
  ])('%s gets the file, and the link is used right after', async (_, get) => {
    const link = await drawbridge.mint(large.file);
    expect(link.url).toMatch(/^https:/);
    const { code, stdout } = await get(link.url);
    expect(code).toBe(0);
    expect(stdout.equals(LARGE)).toBe(true);
    expect(await drawbridge.stateOf(link.id, ['used'], 500)).toBe('used');
  });

  it('curl killed with -9 half-way: given back, 10 times', async () => {
    for (let kill = 0; kill < 10; kill++) {
      const { file } = kill % 2 ? small : large;
      const link = await drawbridge.mint(file);
      const slow = ['--cacert', certificate.certFile, '-N', '--limit-rate', '2000'];
      expect((await curl(link.url, slow, { killAfterBytes: 1 })).code).toBeNull();
      expect(await drawbridge.stateOf(link.id, ['available', 'used'], 4_000)).toBe('available');
    }
  }, 60_000);

  type End = 'goodbye' | 'fin' | 'rst' | 'stay';
  async function attempt(file: string, head: string, bytes: number, end: End) {
    const link = await drawbridge.mint(file);
    const client = await RawClient.request(link.url, head);
    await client.readBody(bytes);
    if (end === 'goodbye') client.end();
    if (end === 'fin') client.destroy();
    if (end === 'rst') client.reset();
    const state = await drawbridge.stateOf(link.id, ['available', 'used'], 5_000);
    const { reason } = (await drawbridge.link(link.id)).transfers[0]?.attempts[0] ?? {};
    client.destroy();
    return { state, reason, received: client.body() };
  }

  describe.each(Object.entries(HEADS))('%s', (_, head) => {
    it.each(['goodbye', 'fin'] as const)('reads all and ends by %s: used at once', async (end) => {
      const { state, reason, received } = await attempt(small.file, head, SMALL.length, end);
      expect(received.equals(SMALL)).toBe(true);
      expect({ state, reason }).toEqual({ state: 'used', reason: 'fin' });
    });

    it('reads all and says nothing: used after the grace time', async () => {
      const { state, reason } = await attempt(small.file, head, SMALL.length, 'stay');
      expect({ state, reason }).toEqual({ state: 'used', reason: 'silence' });
    });

    it('reads all and resets: given back', async () => {
      expect((await attempt(small.file, head, SMALL.length, 'rst')).state).toBe('available');
    });

    it.each([0, 1, 30_000])('resets after %i bytes of a small file: given back', async (bytes) => {
      expect((await attempt(small.file, head, bytes, 'rst')).state).toBe('available');
    });

    it.each([0, 100_000, 15_000_000, 29_900_000])(
      'resets after %i bytes of a large file: given back',
      async (bytes) => {
        expect((await attempt(large.file, head, bytes, 'rst')).state).toBe('available');
      },
    );
  });

  it.each(Object.entries(HEADS))(
    'a client that ends its side right behind its request ends it all, and keeps its link (%s)',
    async (_, head) => {
      const link = await drawbridge.mint(large.file);
      const client = await RawClient.request(link.url, head, { halfClose: true });
      await client.readToEnd();
      expect(client.body().length).toBeLessThan(LARGE.length);
      client.destroy();
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    },
  );

  it('a client that ends TLS well and throws away what it has not read gets its link back, 10 times', async () => {
    for (let round = 0; round < 10; round++) {
      const link = await drawbridge.mint(small.file);
      const full = await curl(link.url, ['--cacert', certificate.certFile, '-N', '-o', '/dev/full']);
      expect(full.code).toBe(23);
      expect(await drawbridge.stateOf(link.id, ['available', 'used'], 5_000)).toBe('available');
    }
  }, 60_000);

  it('a client that reads to the end of the connection gets it at once', async () => {
    const link = await drawbridge.mint(small.file);
    const client = await RawClient.request(link.url, HEADS['HTTP/1.0']);
    const started = performance.now();
    await client.readToEnd();
    expect(performance.now() - started).toBeLessThan(700);
    expect(client.body().equals(SMALL)).toBe(true);
    client.destroy();
    expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
  });

  it('a next request on the connection proves that the body before it arrived', async () => {
    const link = await drawbridge.mint(small.file);
    const client = await RawClient.request(link.url, HEADS['HTTP/1.1']);
    await client.readBody(SMALL.length);
    client.send('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await drawbridge.stateOf(link.id, ['used'], 500)).toBe('used');
    client.destroy();
  });

  describe('the connection', () => {
    const port = () => Number(new URL(drawbridge.url).port);

    it.each(['TLSv1', 'TLSv1.1'] as const)('is not %s', async (version) => {
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
      const socket = connect({ port: port(), host: '127.0.0.1', rejectUnauthorized: false, ...old });
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toContain('PROTOCOL_VERSION');
    });

    it.each(['TLSv1.2', 'TLSv1.3'] as const)('may be %s', async (version) => {
      const only = { minVersion: version, maxVersion: version };
      const socket = connect({ port: port(), host: '127.0.0.1', rejectUnauthorized: false, ...only });
      await once(socket, 'secureConnect');
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    });
  });
});
