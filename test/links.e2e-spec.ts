import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';
import { RawClient } from './support/raw-client.js';

interface LinksPage {
  items: { id: string; state: string }[];
  nextCursor: string | null;
}

describe('links as people see them', () => {
  let drawbridge: Drawbridge;
  let backup: EncryptedBackup;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'db.sql.enc', randomBytes(5_000_000));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  const list = async (query = '') => (await drawbridge.api<LinksPage>('GET', `/api/downloads${query}`)).body;

  it('a minted link says all that its user needs', async () => {
    const link = await drawbridge.mint(backup.file);
    expect(link).toMatchObject({
      success: true,
      expiresIn: '5 minutes',
      singleUse: true,
      fileName: 'db.sql',
      size: backup.plain.length,
      encrypted: true,
    });
    expect(link.url).toMatch(
      new RegExp(`^${drawbridge.url}/api/storage/public-download\\?token=[\\w-]{43}$`),
    );
    expect(Object.keys(link.commands).sort()).toEqual(['curl', 'curlConfig', 'powershell', 'robust', 'wget']);
    expect(Date.parse(link.expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
    expect(link).not.toHaveProperty('warning');
  });

  it('the address of a link never comes from a request (G24)', async () => {
    const headers = {
      Authorization: `Bearer ${drawbridge.adminKey}`,
      Origin: 'https://evil.example',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'host=evil.example',
    };
    const path = `/api/storage/${drawbridge.storageId}/download-url`;
    const { body } = await drawbridge.api<{ url: string }>('POST', path, { file: backup.file }, headers);
    expect(body.url.startsWith(`${drawbridge.url}/`)).toBe(true);
  });

  it('decrypt: false delivers the file as it is stored', async () => {
    const link = await drawbridge.mint(backup.file, { decrypt: false });
    expect(link.fileName).toBe('db.sql.enc');
    const { code, stdout } = await curl(link.url);
    expect(code).toBe(0);
    expect(stdout.length).toBe(backup.plain.length);
    expect(stdout.equals(backup.plain)).toBe(false);
  });

  it('keeps transfers and attempts with their outcomes', async () => {
    const link = await drawbridge.mint(backup.file);
    const broken = await RawClient.request(link.url, 'HTTP/1.1\r\n');
    await broken.readBody(1_000_000);
    expect((await drawbridge.link(link.id)).state).toBe('active');
    broken.reset();
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    await curl(link.url);
    expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    const { transfers, issuer, finishBy, endedAt } = await drawbridge.link(link.id);
    expect(transfers).toHaveLength(1);
    expect(transfers[0]).toMatchObject({ client: '127.0.0.1' });
    const [first, second] = transfers[0]?.attempts ?? [];
    expect(first).toMatchObject({ outcome: 'broken', range: { start: 0, end: backup.plain.length } });
    expect(first?.bytesSent).toBeLessThan(backup.plain.length);
    expect(second).toMatchObject({ outcome: 'delivered', reason: 'fin', bytesSent: backup.plain.length });
    expect(second?.userAgent).toMatch(/^curl\//);
    expect(issuer).toEqual({ kind: 'admin-key', id: 'admin' });
    expect(finishBy).not.toBeNull();
    expect(endedAt).not.toBeNull();
  });

  it('lists newest first, page by page, by state', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await drawbridge.mint(backup.file)).id);
    await drawbridge.api('DELETE', `/api/downloads/${ids[1]}`);
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const page: LinksPage = await list(`?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      pages.push(page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(pages.flat().slice(0, 5)).toEqual(ids.toReversed());
    expect(new Set(pages.flat()).size).toBe(pages.flat().length);
    expect((await list('?state=revoked')).items.map((item) => item.id)).toEqual([ids[1]]);
    expect((await list('?storageId=none')).items).toEqual([]);
    expect((await drawbridge.api('GET', '/api/downloads?state=lost')).status).toBe(400);
    expect((await drawbridge.api('GET', '/api/downloads?cursor=nonsense')).status).toBe(400);
  });

  it('revoking cuts a running download', async () => {
    const link = await drawbridge.mint(backup.file);
    const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
    await client.readBody(10_000);
    expect((await drawbridge.api('DELETE', `/api/downloads/${link.id}`)).status).toBe(204);
    client.resume();
    await client.readToEnd();
    expect(client.body().length).toBeLessThan(backup.plain.length);
    expect(await drawbridge.link(link.id)).toMatchObject({ state: 'revoked', reason: 'by-user' });
    expect((await drawbridge.api('DELETE', `/api/downloads/${link.id}`)).status).toBe(204);
    expect((await drawbridge.api('DELETE', '/api/downloads/none')).status).toBe(404);
    expect((await drawbridge.api('GET', '/api/downloads/none')).status).toBe(404);
  });

  it('revoking on the connection of a download that just ended answers, and comes too late', async () => {
    const small = writeEncryptedBackup(drawbridge.root, 'small.sql.enc', randomBytes(1000));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = async (method: string, url: string): Promise<number | undefined> => {
      const headers = method === 'GET' ? {} : { Authorization: `Bearer ${drawbridge.adminKey}` };
      const [response] = (await once(request(url, { method, agent, headers }).end(), 'response')) as [
        IncomingMessage,
      ];
      await once(response.resume(), 'end');
      return response.statusCode;
    };
    try {
      for (let round = 0; round < 20; round += 1) {
        const link = await drawbridge.mint(small.file);
        expect(await send('GET', link.url)).toBe(200);
        expect(await send('DELETE', `${drawbridge.url}/api/downloads/${link.id}`)).toBe(204);
        expect((await drawbridge.link(link.id)).state).toBe('used');
      }
    } finally {
      agent.destroy();
    }
  });

  it('expired links are shown as such at once', async () => {
    const link = await drawbridge.mint(backup.file, { ttlMs: 1000 });
    expect(await drawbridge.stateOf(link.id, ['expired'], 20_000)).toBe('expired');
    expect((await fetch(link.url)).status).toBe(401);
    expect((await list('?state=expired')).items.map((item) => item.id)).toContain(link.id);
  });

  it.each([
    [{}, 'file'],
    [{ file: 5 }, 'file'],
    [{ file: 'db.sql.enc', decrypt: 'yes' }, 'decrypt'],
    [{ file: 'db.sql.enc', ttlMs: 5 }, 'ttlMs'],
    [{ file: 'db.sql.enc', surprise: 1 }, 'surprise'],
    [{ file: '../db.sql.enc' }, 'segment'],
    [{ file: '/etc/passwd' }, 'slash'],
    [{ file: 'a\u0000b' }, 'control character'],
  ])('mint refuses %j and says what is wrong', async (body, word) => {
    const answer = await drawbridge.api('POST', `/api/storage/${drawbridge.storageId}/download-url`, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(answer.body)).toContain(word);
  });

  it('mint needs a file that is there, in a storage that is there', async () => {
    expect((await drawbridge.tryMint('none.sql')).status).toBe(404);
    expect((await drawbridge.tryMint('db.sql.enc.meta.json')).status).toBe(422);
    const elsewhere = await drawbridge.api('POST', '/api/storage/st_none/download-url', { file: 'a' });
    expect(elsewhere.status).toBe(404);
  });
});
