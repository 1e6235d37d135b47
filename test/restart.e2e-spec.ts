import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually } from './support/eventually.js';
import { curl, type ClientRun } from './support/clients.js';
import { Restartable } from './support/restartable.js';

/** Rule 11: the link of an attempt that died with its process is free again after so long. */
const LEASE_MS = 15_000;
/** curl's "partial file" and "failure in receiving": what it has is not all of it, and it says so. */
const BROKEN = [18, 56];

/** Runs side by side with the others: each has a service of its own, and what they do most is wait for time to pass. */
function itRestarts(
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
    60_000,
  );
}

/** A link, and a download of it that has begun and takes half a minute, unless it may be faster. */
async function downloading({ home, service, backup }: Restartable, rate = '1M') {
  const { id, url } = await service.mint(backup.file);
  const target = join(home.home, 'target');
  const client = curl(url, ['-N', '--limit-rate', rate, '-o', target]);
  await eventually(
    'the first bytes have arrived',
    () => existsSync(target) && statSync(target).size > 0,
    5_000,
  );
  return { id, url, client };
}

async function expectUsedByNow({ service, backup }: Restartable, id: string, run: ClientRun): Promise<void> {
  expect(run.code).toBe(0);
  expect(run.stdout.equals(backup.plain)).toBe(true);
  expect(await service.stateOf(id, ['used'])).toBe('used');
}

describe('a stop in the middle of a download', () => {
  itRestarts('by SIGTERM: what can end soon ends, and is used', {}, async (bench) => {
    const { id, client } = await downloading(bench, '10M');
    expect(await bench.service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await client).code).toBe(0);
    await bench.startAgain();
    expect(await bench.service.link(id)).toMatchObject({ state: 'used' });
  });

  const DRAIN_MS = '1000';
  itRestarts('by SIGTERM: the link works at once afterwards, and once', { DRAIN_MS }, async (bench) => {
    const { id, url, client } = await downloading(bench);
    expect(await bench.service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await bench.startAgain();
    expect(await bench.service.link(id)).toMatchObject({ state: 'available' });
    await expectUsedByNow(bench, id, await curl(url));
    expect((await curl(url)).code).toBe(22);
    expect(BROKEN).toContain((await client).code);
  });

  itRestarts('by SIGKILL: the link works within its lease, and once', {}, async (bench) => {
    const { id, url, client } = await downloading(bench);
    expect(await bench.service.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    const freeAt = performance.now() + LEASE_MS;
    await bench.startAgain();
    expect((await bench.service.link(id)).state).not.toBe('used');
    // As the "robust" command does: 409 means "later".
    let run = await curl(url);
    while (run.stderr.includes('409') && performance.now() < freeAt) {
      await sleep(500);
      run = await curl(url);
    }
    await expectUsedByNow(bench, id, run);
    expect((await curl(url)).code).toBe(22);
    expect(BROKEN).toContain((await client).code);
  });

  itRestarts('by two SIGINTs: ends at the second one', {}, async (bench) => {
    const { service } = bench;
    const { client } = await downloading(bench);
    const ended = service.end('SIGINT');
    await service.says('SIGINT: stopping');
    const secondAt = performance.now();
    service.child.kill('SIGINT');
    expect(await ended).toEqual({ code: 130, signal: null });
    expect(performance.now() - secondAt).toBeLessThan(1_000);
    expect(BROKEN).toContain((await client).code);
  });
});

describe('a restart between mint and download', () => {
  itRestarts('database store: the link works', {}, async (bench) => {
    const { id, url } = await bench.service.mint(bench.backup.file);
    await bench.service.end();
    await bench.startAgain();
    await expectUsedByNow(bench, id, await curl(url));
  });

  itRestarts('memory store: the link has expired and says why', { TOKEN_STORE: 'memory' }, async (bench) => {
    const { id, url } = await bench.service.mint(bench.backup.file);
    await bench.service.end();
    await bench.startAgain();
    expect(await bench.service.link(id)).toMatchObject({ state: 'expired', reason: 'restart' });
    const response = await fetch(url);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'link-invalid' });
  });
});
