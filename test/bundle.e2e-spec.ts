import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { curl, runClient, sha256 } from './support/clients.js';
import { Drawbridge } from './support/drawbridge.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './support/encrypted-backup.js';

const NAME = 'Geschäft „Süd“ 100%.sql.enc';
const BUNDLE = { decrypt: false, sidecar: true };

describe('a file with its sidecar, as one tar', () => {
  let drawbridge: Drawbridge;
  let folder: string;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start({ DELIVERY_GRACE_MS: '300' });
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-bundle-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  const backupWith = (size: number, file = NAME) =>
    writeEncryptedBackup(drawbridge.root, file, randomBytes(size));
  const untar = (tar: string) => {
    execFileSync('tar', ['-xf', tar, '-C', folder], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    rmSync(tar);
  };

  it('is extracted by tar to what is stored, and spends the link', async () => {
    const { path } = backupWith(700_000, `nested/${NAME}`);
    const link = await drawbridge.mint(`nested/${NAME}`, BUNDLE);
    expect(link.fileName).toBe(`${NAME}.tar`);
    const { code, stdout } = await curl(link.url);
    expect(code).toBe(0);
    expect(stdout).toHaveLength(link.size);
    writeFileSync(join(folder, 'bundle.tar'), stdout);
    untar(join(folder, 'bundle.tar'));
    expect(readdirSync(folder).sort()).toEqual([NAME, `${NAME}.meta.json`]);
    expect(readFileSync(join(folder, NAME)).equals(readFileSync(path))).toBe(true);
    expect(readFileSync(join(folder, `${NAME}.meta.json`)).equals(readFileSync(`${path}.meta.json`))).toBe(
      true,
    );
    expect(await drawbridge.stateOf(link.id, ['used'], 20_000)).toBe('used');
    expect(await drawbridge.link(link.id)).toMatchObject({ sidecar: true, decrypt: false, encrypted: true });
  });

  it('is resumed where it broke off', async () => {
    backupWith(3_000_000);
    const link = await drawbridge.mint(NAME, BUNDLE);
    const target = join(folder, 'bundle.tar');
    const whole = await (await fetch((await drawbridge.mint(NAME, BUNDLE)).url)).arrayBuffer();
    writeFileSync(target, Buffer.from(whole).subarray(0, 1_234_567));
    const { code } = await runClient('curl', ['-sS', '-f', '-C', '-', '-o', target, link.url]);
    expect(code).toBe(0);
    expect(readFileSync(target).equals(Buffer.from(whole))).toBe(true);
  });

  it('is verified first by the checksum of its file, and its digest is that of the tar', async () => {
    const { path, file } = backupWith(200_000, 'checked.sql.enc');
    const sidecar = JSON.parse(readFileSync(`${path}.meta.json`, 'utf8')) as object;
    const promise = (checksum: string) => {
      writeFileSync(`${path}.meta.json`, JSON.stringify({ ...sidecar, checksum }));
    };
    promise(sha256(readFileSync(path)));
    const good = await drawbridge.mint(file, { ...BUNDLE, verify: 'first' });
    let response = await fetch(good.url);
    for (let tries = 0; response.status === 503 && tries < 200; tries++) response = await fetch(good.url);
    expect(response.status).toBe(200);
    const tar = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('repr-digest')).toBe(
      `sha-256=:${Buffer.from(sha256(tar), 'hex').toString('base64')}:`,
    );
    promise('0'.repeat(64));
    const bad = await drawbridge.mint(file, { ...BUNDLE, verify: 'first' });
    expect(await drawbridge.stateOf(bad.id, ['revoked'], 20_000)).toBe('revoked');
    expect((await drawbridge.link(bad.id)).reason).toBe('damaged');
    const streamed = await drawbridge.mint(file, BUNDLE);
    expect((await curl(streamed.url)).code).toBe(18);
  });

  it('ends when the sidecar changes or goes', async () => {
    const { path, file } = backupWith(1_000, 'edited.sql.enc');
    const edited = await drawbridge.mint(file, BUNDLE);
    const gone = await drawbridge.mint(file, BUNDLE);
    writeFileSync(`${path}.meta.json`, '{"version": 2}');
    expect((await fetch(edited.url)).status).toBe(409);
    rmSync(`${path}.meta.json`);
    expect((await fetch(gone.url)).status).toBe(409);
    for (const { id } of [edited, gone])
      expect(await drawbridge.link(id)).toMatchObject({ state: 'revoked', reason: 'changed' });
  });

  it('is refused decrypted, and without a sidecar', async () => {
    const { file } = backupWith(1_000, 'decrypted.sql.enc');
    expect(await drawbridge.tryMint(file, { sidecar: true })).toMatchObject({
      status: 400,
      body: { code: 'bad-request' },
    });
    writeFileSync(join(drawbridge.root, 'alone.sql'), 'x');
    expect(await drawbridge.tryMint('alone.sql', BUNDLE)).toMatchObject({
      status: 422,
      body: { code: 'no-sidecar' },
    });
  });
});
