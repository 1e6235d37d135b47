import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redisDump } from '../src/demo/content/redis-dump.js';
import type { ExplorerPageDto } from '../src/explorer/explorer-page.dto.js';
import type { StoragePageDto } from '../src/storage/dto/storage-page.dto.js';
import { ApiClient } from './support/api-client.js';
import { runClient } from './support/clients.js';
import { DrawbridgeHome, type DrawbridgeProcess } from './support/drawbridge-process.js';
import { freePort } from './support/free-port.js';

/** As somebody starts it who has set nothing. */
const FRESH = {
  DEMO: undefined,
  NODE_ENV: undefined,
  ADMIN_API_KEY: undefined,
  LOCAL_STORAGE_ROOTS: undefined,
};

describe('the demo', () => {
  const home = new DrawbridgeHome();
  let port: number;
  let service: DrawbridgeProcess;
  let key: string;
  beforeAll(async () => {
    port = await freePort();
    service = await start();
    key = /Admin API key[^\n]*: {2}(\S+)\n/.exec(service.stdout)?.[1] ?? '';
  });
  afterAll(async () => {
    await home.remove();
  });

  async function start(environment: Record<string, string | undefined> = {}): Promise<DrawbridgeProcess> {
    const started = home.launch(port, { ...FRESH, ...environment });
    await started.says('Try it in another terminal');
    await started.says('download-url');
    return started;
  }

  const readyCommand = () => /\n(curl [^\n]*)\n/.exec(service.stdout)?.[1] ?? '';
  const api = () => new ApiClient(service.url, key);
  const storages = async () => (await api().api<StoragePageDto>('GET', '/api/storage')).body.items;
  const keys = async () =>
    (await api().api<{ items: { id: string }[] }>('GET', '/api/encryption-keys')).body.items;

  /** Runs the command in a new folder, with a shell that knows nothing else. */
  async function paste(command: string) {
    const folder = mkdtempSync(join(home.home, 'terminal-'));
    const run = await runClient('env', ['-i', `PATH=${process.env.PATH}`, 'sh', '-c', command], {
      cwd: folder,
    });
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
    rmSync(folder, { recursive: true });
    return { ...run, files: Object.fromEntries(files) };
  }

  it('prints a key and one line that yields the file, whoever pastes it', async () => {
    expect(key).toMatch(/^dba_[\w-]{43}$/);
    expect(readyCommand()).toContain(key);
    const { code, files } = await paste(readyCommand());
    expect(code).toBe(0);
    expect(Object.keys(files)).toEqual(['Redis_Prod_2026-01-15_03-00-00.rdb']);
    expect(Object.values(files)[0]?.equals(redisDump())).toBe(true);
  });

  it('spends its link: the next curl is told 401 and exits with 22', async () => {
    const client = api();
    const [storage] = await storages();
    client.storageId = storage?.id ?? '';
    const { id, url } = await client.mint('Redis Prod/Redis_Prod_2026-01-15_03-00-00.rdb.enc');
    expect((await paste(`curl -fsS '${url}' -o file`)).code).toBe(0);
    expect(await client.stateOf(id, ['used'])).toBe('used');
    const { code, stderr, files } = await paste(`curl -fsS '${url}' -o file`);
    expect(code).toBe(22);
    expect(stderr).toContain('401');
    expect(files).toEqual({});
  });

  it('has four files, with what is known of them', async () => {
    const [storage, ...others] = await storages();
    expect(others).toEqual([]);
    expect(storage).toMatchObject({ name: 'Demo', adapter: 'local' });
    const list = async (prefix: string) =>
      (await api().api<ExplorerPageDto>('GET', `/api/storage/${storage?.id}/files?prefix=${prefix}`)).body
        .items;
    const folders = await list('');
    expect(folders.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'folder Redis Prod',
      'folder Shop DB',
      'folder notes',
    ]);
    const files = (await Promise.all(folders.map(({ path }) => list(encodeURIComponent(path))))).flat();
    const facts = files.map(({ name, encrypted, keyAvailable, engine, compression, problem }) => [
      name,
      { encrypted, keyAvailable, engine, compression, problem },
    ]);
    const redis = { engine: 'redis', compression: null, problem: null };
    expect(facts).toEqual([
      ['Redis_Prod_2026-01-14_03-00-00.rdb', { encrypted: false, keyAvailable: null, ...redis }],
      ['Redis_Prod_2026-01-15_03-00-00.rdb.enc', { encrypted: true, keyAvailable: true, ...redis }],
      [
        'Shop_DB_2026-01-15_03-00-00.sql.gz.enc',
        { encrypted: true, keyAvailable: true, engine: 'postgres', compression: 'GZIP', problem: null },
      ],
      [
        'readme.txt',
        { encrypted: false, keyAvailable: null, engine: null, compression: null, problem: null },
      ],
    ]);
  });

  it('is there at the next start, which prints no key and makes nothing anew', async () => {
    const before = { storages: await storages(), keys: await keys() };
    await service.end();
    service = await start();
    expect(service.stdout).not.toContain('dba_');
    expect(service.stdout).not.toContain('Admin API key');
    expect({ storages: await storages(), keys: await keys() }).toEqual(before);
    expect(readyCommand()).toContain('"Authorization: Bearer $ADMIN_API_KEY"');
    const { code, files } = await paste(`ADMIN_API_KEY='${key}'; ${readyCommand()}`);
    expect(code).toBe(0);
    expect(Object.values(files)[0]?.equals(redisDump())).toBe(true);
  });

  it('works again when its storage was deleted, though the vault still has its first key', async () => {
    const [storage] = await storages();
    expect((await api().api('DELETE', `/api/storage/${storage?.id}`)).status).toBe(204);
    await service.end();
    service = await start({ ADMIN_API_KEY: key });
    expect(await keys()).toHaveLength(2);
    const { code, files } = await paste(`ADMIN_API_KEY='${key}'; ${readyCommand()}`);
    expect(code).toBe(0);
    expect(Object.values(files)[0]?.equals(redisDump())).toBe(true);
  });

  it('is not made where LOCAL_STORAGE_ROOTS does not allow its folder', async () => {
    const elsewhere = await home.start({
      ...FRESH,
      DATA_DIR: join(home.home, 'other-data'),
      LOCAL_STORAGE_ROOTS: home.root,
    });
    expect(elsewhere.output).not.toMatch(/demo/i);
    expect(elsewhere.stdout).not.toContain('Try it');
    expect(readdirSync(join(home.home, 'other-data'))).not.toContain('demo');
    await elsewhere.end();
  });
});
