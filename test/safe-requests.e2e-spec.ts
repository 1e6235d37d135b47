import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';

const REQUESTS: readonly (readonly [name: string, init: RequestInit, statuses: readonly number[]])[] = [
  ['HEAD', { method: 'HEAD' }, [200]],
  ['OPTIONS', { method: 'OPTIONS' }, [200, 204, 404]],
  ['Sec-Purpose', { headers: { 'Sec-Purpose': 'prefetch;prerender' } }, [403]],
  ['Purpose', { headers: { Purpose: 'prefetch' } }, [403]],
  ['X-Moz', { headers: { 'X-Moz': 'prefetch' } }, [403]],
  ['a browser', { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }, [200]],
  [
    'Slack',
    { headers: { 'User-Agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' } },
    [403],
  ],
  ['WhatsApp', { headers: { 'User-Agent': 'WhatsApp/2.23.20.0' } }, [403]],
  ['a condition that fails', { headers: { 'If-Match': '"other"' } }, [412]],
  ['a range past the end', { headers: { Range: 'bytes=99999999-' } }, [416]],
];

describe('requests that ask for nothing (G4)', () => {
  let drawbridge: Drawbridge;
  let backup: EncryptedBackup;
  beforeAll(async () => {
    // fetch keeps its connections open without a word; the silence that counts is made short.
    drawbridge = await Drawbridge.start({ DELIVERY_GRACE_MS: '300' });
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'db.sql.enc', randomBytes(100_000));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  it('1,000 of them change no state', async () => {
    const link = await drawbridge.mint(backup.file);
    const before = await drawbridge.link(link.id);
    for (let round = 0; round < 100; round++) {
      await Promise.all(
        REQUESTS.map(async ([name, init, statuses]) => {
          const response = await fetch(link.url, init);
          await response.arrayBuffer();
          expect([name, statuses.includes(response.status)]).toEqual([name, true]);
        }),
      );
    }
    expect(await drawbridge.link(link.id)).toEqual(before);
    const { code, stdout } = await curl(link.url);
    expect(code).toBe(0);
    expect(stdout.equals(backup.plain)).toBe(true);
  }, 60_000);

  it('HEAD answers with the headers that GET has', async () => {
    const link = await drawbridge.mint(backup.file);
    const head = await fetch(link.url, { method: 'HEAD' });
    const get = await fetch(link.url);
    await get.arrayBuffer();
    const headersOf = (response: Response) =>
      Object.fromEntries(
        [...response.headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)),
      );
    expect(headersOf(head)).toEqual(headersOf(get));
    expect(headersOf(get)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'no-store, private, no-transform',
      'content-disposition': 'attachment; filename=db.sql',
      'content-length': String(backup.plain.length),
      'content-security-policy': 'sandbox',
      'content-type': 'application/octet-stream',
      'referrer-policy': 'no-referrer',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    });
    expect(get.headers.get('etag')).toMatch(/^"[\w-]+"$/);
    expect(get.headers.has('x-powered-by')).toBe(false);
    expect(get.headers.has('set-cookie')).toBe(false);
  });

  it("the browser's page posts for the file", async () => {
    const link = await drawbridge.mint(backup.file);
    const page = await fetch(link.url, { headers: { Accept: 'text/html' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).toContain('db.sql');
    expect(html).toContain('<form method="post">');
    expect(html).not.toContain('<script');
    const file = await fetch(link.url, { method: 'POST', headers: { Accept: 'text/html' } });
    expect(file.status).toBe(200);
    expect(Buffer.from(await file.arrayBuffer()).equals(backup.plain)).toBe(true);
    expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
  });

  it('the token may come as a header instead, and must come somehow', async () => {
    const link = await drawbridge.mint(backup.file);
    const [endpoint = '', token = ''] = link.url.split('?token=');
    expect((await fetch(endpoint)).status).toBe(400);
    const file = await fetch(endpoint, { headers: { Authorization: `Bearer ${token}` } });
    expect(file.status).toBe(200);
    await file.arrayBuffer();
  });

  it('unknown, used and revoked links look alike (G20)', async () => {
    const used = await drawbridge.mint(backup.file);
    await (await fetch(used.url)).arrayBuffer();
    expect(await drawbridge.stateOf(used.id, ['used'])).toBe('used');
    const revoked = await drawbridge.mint(backup.file);
    expect((await drawbridge.api('DELETE', `/api/downloads/${revoked.id}`)).status).toBe(204);
    const unknown = `${used.url.slice(0, -3)}AAA`;
    const answers = await Promise.all(
      [used.url, revoked.url, unknown, `${unknown}x`].map(async (url) => {
        const response = await fetch(url);
        const { date, ...headers } = Object.fromEntries(response.headers);
        expect(date).toBeDefined();
        return { status: response.status, headers, body: await response.text() };
      }),
    );
    expect(answers[0]).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="drawbridge download"' },
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});
