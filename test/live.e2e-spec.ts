import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LiveFeedService } from '../src/downloads/live/live-feed.service.js';
import { LiveStreamsService } from '../src/downloads/live/live-streams.service.js';
import { curl } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';
import { eventually } from './support/eventually.js';
import { LiveEvents } from './support/live-events.js';
import { RawClient } from './support/raw-client.js';

// Real: the whole service and curl.
describe('live progress', () => {
  let drawbridge: Drawbridge;
  let backup: EncryptedBackup;
  const open: LiveEvents[] = [];
  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'db.sql.enc', randomBytes(6_000_000));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.leave();
    const { streams, feed } = services(drawbridge);
    await eventually('everything is freed', () => streams.count === 0 && feed.listenerCount === 0, 10_000);
  });

  const services = ({ app }: Drawbridge) => ({
    streams: app.get(LiveStreamsService, { strict: false }),
    feed: app.get(LiveFeedService, { strict: false }),
  });
  const watch = async (path: string, of = drawbridge) => {
    const events = new LiveEvents(`${of.url}/api/downloads/${path}`, of.adminKey);
    open.push(events);
    return events.opened();
  };

  it('shows one link from its present state to its end, and ends there', async () => {
    const large = writeEncryptedBackup(drawbridge.root, 'large.sql.enc', randomBytes(30_000_000));
    const link = await drawbridge.mint(large.file);
    const events = await watch(`${link.id}/events`);
    expect(events.headers).toMatch(/^HTTP\/1\.1 200 /);
    expect(events.headers).toMatch(/^Content-Type: text\/event-stream$/im);
    expect(events.headers).toMatch(/^Cache-Control: no-store$/im);
    expect(events.headers).toMatch(/^X-Accel-Buffering: no$/im);
    await events.until('its present state', () => events.told.join() === 'available');
    await curl(link.url, ['--limit-rate', '15M']);
    expect(await events.ended()).toBe(0);
    expect(events.states()).toEqual(['available', 'active', 'used']);
    const progress = events.events.filter(({ type }) => type === 'progress');
    expect(progress.length).toBeGreaterThan(2);
    for (const { data } of progress)
      expect(data).toMatchObject({
        id: link.id,
        state: 'active',
        size: large.plain.length,
        client: '127.0.0.1',
      });
    const bytes = events.events.map(({ data }) => data.bytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    expect([bytes[0], bytes.at(-1)]).toEqual([0, large.plain.length]);
    expect(progress.at(-1)?.data.rate).toBeGreaterThan(0);
    expect(Date.parse(events.events[0]?.data.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('tells of a link at most 4 times a second, however much happens', async () => {
    const link = await drawbridge.mint(backup.file);
    const events = await watch(`${link.id}/events`);
    for (let round = 0; round < 8; round += 1) {
      const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
      await client.readBody(200_000);
      client.reset();
      expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
    }
    await curl(link.url);
    expect(await events.ended()).toBe(0);
    expect(events.states()).toEqual([
      'available',
      ...Array<string[]>(8).fill(['active', 'available']).flat(),
      'active',
      'used',
    ]);
    events.events.forEach(({ seenAt }, index) => {
      // What was sent a second apart may arrive a little closer.
      expect(seenAt - (events.events[index - 4]?.seenAt ?? -Infinity)).toBeGreaterThan(900);
    });
  });

  it('adds up what a resumed download was sent', async () => {
    const link = await drawbridge.mint(backup.file);
    const half = backup.plain.length / 2;
    await curl(link.url, ['-r', `0-${half - 1}`]);
    const events = await watch(`${link.id}/events`);
    await events.until('half', () => events.events[0]?.data.bytes === half);
    await curl(link.url, ['-r', `${half}-`]);
    expect(await events.ended()).toBe(0);
    expect(events.events.every(({ data }) => data.bytes >= half)).toBe(true);
  });

  it('shows all links at once, new ones too, and goes on', async () => {
    const events = await watch('events');
    const [one, two] = [await drawbridge.mint(backup.file), await drawbridge.mint(backup.file)];
    await Promise.all([curl(one.url), curl(two.url)]);
    await events.until('both used', () => events.states().filter((state) => state === 'used').length === 2);
    for (const { id } of [one, two]) expect(events.states(id)).toEqual(['available', 'active', 'used']);
    const third = await drawbridge.mint(backup.file);
    await events.until('a third', () => events.states(third.id).includes('available'));
    expect(events.exit).toBeUndefined();
  });

  it.each([
    ['revoked', (id: string) => drawbridge.api('DELETE', `/api/downloads/${id}`)],
    ['expired', () => Promise.resolve()],
  ])('ends when the link is %s', async (state, end) => {
    const link = await drawbridge.mint(backup.file, { ttlMs: 1_000 });
    const events = await watch(`${link.id}/events`);
    await events.until('its present state', () => events.told.length > 0);
    await end(link.id);
    expect(await events.ended()).toBe(0);
    expect(events.told).toEqual(['available', state]);
    const again = await watch(`${link.id}/events`);
    expect(await again.ended()).toBe(0);
    expect(again.told).toEqual([state]);
  });

  it('ends when another process ended the link, and when the sweep did', async () => {
    const links = [await drawbridge.mint(backup.file), await drawbridge.mint(backup.file)] as const;
    const [own, all] = [await watch(`${links[0].id}/events`), await watch('events')];
    await own.until('its present state', () => own.told.length > 0);
    const { DownloadTokensService } = await import('../src/download-tokens/download-tokens.service.js');
    const { DownloadTokenStore } = await import('../src/download-tokens/download-token-store.js');
    const store = drawbridge.app.get(DownloadTokenStore, { strict: false });
    for (const { id } of links)
      await store.updateById(id, (link, now) => ({ next: { ...link, expiresAt: now }, result: 0 }));
    await drawbridge.app.get(DownloadTokensService, { strict: false }).cleanUp();
    expect(await own.ended()).toBe(0);
    expect(own.states()).toEqual(['available', 'expired']);
    await all.until('both', () => links.every(({ id }) => all.states(id).includes('expired')));
  });

  it('is for those who may read links, and of links that exist; HEAD does not wait', async () => {
    expect((await drawbridge.api('GET', '/api/downloads/none/events')).status).toBe(404);
    for (const path of ['/api/downloads/events', '/api/downloads/x/events'])
      expect((await drawbridge.api('GET', path, undefined, {})).status).toBe(401);
    const headers = { Authorization: `Bearer ${drawbridge.adminKey}` };
    const head = await fetch(`${drawbridge.url}/api/downloads/events`, { method: 'HEAD', headers });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  });

  it('frees everything when many watchers leave in the middle of a download', async () => {
    const { streams, feed } = services(drawbridge);
    const link = await drawbridge.mint(backup.file);
    const watchers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => watch(index % 2 ? 'events' : `${link.id}/events`)),
    );
    expect([streams.count, feed.listenerCount]).toEqual([12, 12]);
    const client = await RawClient.request(link.url, 'HTTP/1.1\r\n');
    await client.readBody(1_000_000);
    for (const one of watchers) one.leave();
    await eventually('all left', () => streams.count === 0 && feed.listenerCount === 0, 10_000);
    client.reset();
    expect(await drawbridge.stateOf(link.id, ['available'])).toBe('available');
  });

  it('ends at once when the service stops', async () => {
    const other = await Drawbridge.start();
    const { streams } = services(other);
    const watchers = [await watch('events', other)];
    expect(streams.count).toBe(1);
    await other.stop();
    for (const one of watchers) expect(await one.ended()).toBe(0);
    expect(streams.count).toBe(0);
  });
});
