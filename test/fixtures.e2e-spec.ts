import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runClient, sha256 } from './support/clients.js';
import {
  DBACKUP_FIXTURES,
  dbackupFixtures,
  dbackupKeys,
  type DBackupFixture,
} from './support/dbackup-fixtures.js';
import { Drawbridge } from './support/drawbridge.js';

const CLIENTS = {
  curl: (url: string) => ['-sS', '-f', '-O', '-J', url],
  wget: (url: string) => ['-q', '--tries=1', '--content-disposition', url],
};

describe('real DBackup files', () => {
  let drawbridge: Drawbridge;
  let folder: string;

  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
    cpSync(DBACKUP_FIXTURES, drawbridge.root, { recursive: true });
    for (const [id, material] of Object.entries(dbackupKeys)) await drawbridge.addKey(id, material);
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  /** Runs the client in a new folder and tells what it left there. */
  async function fetchWith(client: keyof typeof CLIENTS, url: string) {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-client-'));
    try {
      const { code } = await runClient(client, CLIENTS[client](url), { cwd: folder });
      const names = readdirSync(folder);
      return { code, names, contents: names.map((name) => readFileSync(join(folder, name))) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const good = dbackupFixtures.filter((fixture) => fixture.expect === 'ok');
  const bad = dbackupFixtures.filter((fixture) => fixture.expect !== 'ok');
  const named = (fixtures: readonly DBackupFixture[]) =>
    fixtures.map((fixture) => [fixture.id, fixture] as const);

  describe.each(['curl', 'wget'] as const)('by %s', (client) => {
    it.each(named(good))('%s arrives byte for byte under its name', async (_, fixture) => {
      const link = await drawbridge.mint(fixture.path);
      expect(link).toMatchObject({ fileName: fixture.name, size: fixture.size });
      const { code, names, contents } = await fetchWith(client, link.url);
      expect(code).toBe(0);
      // wget 1.21 takes the ASCII name of Content-Disposition and percent-encodes the UTF-8 one.
      const arrived = client === 'wget' ? names.map((name) => decodeURIComponent(name)) : names;
      expect(arrived).toEqual([expectedName(client, fixture)]);
      expect(contents[0]).toHaveLength(fixture.size ?? -1);
      expect(sha256(contents[0]!)).toBe(fixture.sha256);
      expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    });

    it.each(named(bad))('%s is refused and its link not spent', async (_, fixture) => {
      const { status, body } = await drawbridge.tryMint(fixture.path);
      if (status === 422) return;
      expect(status).toBe(200);
      expect((await fetchWith(client, body.url)).code).not.toBe(0);
      expect(await drawbridge.stateOf(body.id, ['available'])).toBe('available');
    });
  });

  /** curl 7.88 reads only the plain `filename`, which is ASCII. */
  function expectedName(client: keyof typeof CLIENTS, fixture: DBackupFixture): string {
    if (client === 'wget') return fixture.name;
    return /^[\x20-\x7e]*$/.test(fixture.name) ? fixture.name : 'Gro_e_Arger__tra_e.sql.gz';
  }
});
