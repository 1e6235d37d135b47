import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wholeOf } from '../common/byte-source.js';
import { ProblemError } from '../common/problem.js';
import { openCrypto } from '../../test/support/crypto-service.js';
import {
  dbackupFixtures,
  dbackupKeys,
  readFixture,
  type DBackupFixture,
} from '../../test/support/dbackup-fixtures.js';
import { MemorySource } from '../../test/support/memory-source.js';
import { readAll, unhurried } from '../../test/support/read-all.js';
import type { SidecarContent } from './backup-formats.service.js';

let crypto: Awaited<ReturnType<typeof openCrypto>>;

beforeAll(async () => {
  crypto = await openCrypto();
  for (const [id, material] of Object.entries(dbackupKeys))
    await crypto.vault.add({ id, name: id, format: 'dbackup', material: Buffer.from(material, 'hex') });
});
afterAll(() => crypto.close());

const sidecarOf = (bytes: Buffer | undefined): SidecarContent =>
  bytes ? { kind: 'present', bytes } : { kind: 'absent' };

async function openFixture(fixture: DBackupFixture) {
  const { stored, sidecar } = readFixture(fixture);
  const inner = new MemorySource(stored, { chunkSize: 10_000, reuseMemory: true });
  const content = sidecarOf(sidecar);
  const facts = crypto.formats.describe({ path: fixture.path, size: stored.length }, content);
  return { facts, inner, source: await crypto.formats.open(fixture, content, inner) };
}

const problemOf = async (opening: Promise<unknown>): Promise<ProblemError> => {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw new Error('No problem');
  return error;
};

const expected = (outcome: string) => dbackupFixtures.filter((fixture) => fixture.expect === outcome);

describe('files written by DBackup', () => {
  it.each(expected('ok'))('$id is byte-identical and authentic', async (fixture) => {
    const { facts, source } = await openFixture(fixture);
    const read = source.authenticator?.observe(wholeOf(source), unhurried());
    const plain = await readAll(read ?? source.open(wholeOf(source), unhurried()));
    expect(plain.length).toBe(fixture.size);
    expect(source.size).toBe(fixture.size);
    expect(createHash('sha256').update(plain).digest('hex')).toBe(fixture.sha256);
    const evidence = read?.evidence();
    if (facts.encrypted) expect(source.authenticator?.verify(evidence ? [evidence] : [])).toBe(true);
    expect(facts.encrypted).toBe(fixture.path.endsWith('.enc'));
    expect(facts.format).toBe('dbackup');
    expect(facts.problem).toBeUndefined();
    expect(crypto.formats.deliveredName(fixture.path, true, facts)).toBe(fixture.name);
  });

  it.each(expected('auth_failed'))('$id opens but never verifies', async (fixture) => {
    const { source } = await openFixture(fixture);
    const all = await source.authenticator!.gather(wholeOf(source), unhurried());
    expect(source.authenticator!.verify([all])).toBe(false);
  });

  const codes: Record<string, string> = {
    sidecar_missing: 'sidecar-missing',
    sidecar_invalid: 'sidecar-invalid',
    tag_invalid_length: 'tag-invalid',
    iv_invalid: 'iv-invalid',
    key_unknown: 'key-unknown',
    metadata_contradiction: 'metadata-contradiction',
  };
  const refusedFixtures = dbackupFixtures.filter((f) => !['ok', 'auth_failed'].includes(f.expect));

  it.each(refusedFixtures)('$id is refused', async (fixture) => {
    const problem = await problemOf(openFixture(fixture));
    expect(problem.code).toBe(codes[fixture.expect]);
    expect(problem.status).toBe(422);
    expect(problem.message).toContain('decrypt: false');
  });
});

describe('open', () => {
  const enc = (fixtureId: string) => dbackupFixtures.find((f) => f.id === fixtureId)!;

  it('returns a plain source itself', async () => {
    const inner = new MemorySource(Buffer.from('plain'));
    expect(await crypto.formats.open({ path: 'a.sql' }, { kind: 'absent' }, inner)).toBe(inner);
    expect(await crypto.formats.open({ path: 'a.sql' }, { kind: 'too-large' }, inner)).toBe(inner);
  });

  it('names the missing profile and where to add it', async () => {
    const problem = await problemOf(openFixture(enc('profile-unknown')));
    expect(problem.message).toContain('"clxdoesnotexist000000000"');
    expect(problem.message).toContain('POST /api/encryption-keys');
  });

  it('refuses a sidecar that is too large to read', async () => {
    const problem = await problemOf(
      crypto.formats.open({ path: 'a.enc' }, { kind: 'too-large' }, new MemorySource(Buffer.alloc(1))),
    );
    expect(problem.code).toBe('sidecar-invalid');
    expect(problem.message).toContain('1 MiB');
  });

  it('goes by the size of the source', async () => {
    const { sidecar } = readFixture(enc('redis-none-enc'));
    const inner = Object.assign(new MemorySource(Buffer.alloc(0)), { size: 2 ** 36 });
    const problem = await problemOf(crypto.formats.open({ path: 'a.enc' }, sidecarOf(sidecar), inner));
    expect(problem.code).toBe('too-large');
  });

  it.each(['a.sql.age', 'a.sql.gpg', 'A.GPG'])('does not pass %s off as decrypted', async (path) => {
    const inner = new MemorySource(Buffer.alloc(1));
    expect((await problemOf(crypto.formats.open({ path }, { kind: 'absent' }, inner))).code).toBe(
      'format-unsupported',
    );
    expect(crypto.formats.describe({ path, size: 1 }, { kind: 'absent' }).encrypted).toBe(true);
  });

  it('changes its version with the sidecar', async () => {
    const fixture = enc('redis-none-enc');
    const { stored, sidecar } = readFixture(fixture);
    const other = Buffer.from(sidecar!.toString().replace(/("iv": ")../, '$1ff'));
    const open = (bytes: Buffer) => crypto.formats.open(fixture, sidecarOf(bytes), new MemorySource(stored));
    expect((await open(other)).version).not.toBe((await open(sidecar!)).version);
  });
});

describe('describe', () => {
  it('never throws, and has a problem exactly when open refuses for other reasons than a missing key', async () => {
    const content = fc.oneof(
      fc.constant<SidecarContent>({ kind: 'absent' }),
      fc.constant<SidecarContent>({ kind: 'too-large' }),
      fc.json().map((text): SidecarContent => ({ kind: 'present', bytes: Buffer.from(text) })),
      fc.uint8Array().map((bytes): SidecarContent => ({ kind: 'present', bytes })),
    );
    const paths = fc.oneof(fc.string(), fc.constantFrom('a.enc', 'a/b.sql', 'x.tar.age', 'y.gpg'));
    await fc.assert(
      fc.asyncProperty(paths, content, async (path, sidecar) => {
        const facts = crypto.formats.describe({ path, size: 3 }, sidecar);
        const source = new MemorySource(Buffer.alloc(3));
        const outcome = await crypto.formats.open({ path }, sidecar, source).catch((error: unknown) => error);
        if (facts.problem) expect((outcome as ProblemError).code).toBe(facts.problem.code);
        else expect(facts.encrypted).toBe(outcome !== source);
      }),
      { numRuns: 300 },
    );
  });

  it('tells the key and whether it is there', async () => {
    const { facts } = await openFixture(dbackupFixtures.find((f) => f.id === 'config-head')!);
    expect(facts).toMatchObject({ keyId: 'clxtestprofile000000000b', engine: 'SYSTEM', compression: 'GZIP' });
    expect(await crypto.formats.keyAvailable(facts.keyId!)).toBe(true);
    expect(await crypto.formats.availableKeys([facts.keyId!, 'none', facts.keyId!])).toEqual(
      new Set([facts.keyId]),
    );
    expect(await crypto.formats.availableKeys([])).toEqual(new Set());
  });
});

describe('names', () => {
  const name = (path: string, decrypt: boolean, encrypted: boolean) =>
    crypto.formats.deliveredName(path, decrypt, { encrypted });

  it('drop the suffix exactly when the content is decrypted', () => {
    expect(name('job/a.sql.gz.enc', true, true)).toBe('a.sql.gz');
    expect(name('job/a.sql.gz.enc', false, true)).toBe('a.sql.gz.enc');
    expect(name('a.sql.AGE', true, true)).toBe('a.sql');
    expect(name('a.gpg.enc', true, true)).toBe('a.gpg');
    expect(name('a.sql', true, true)).toBe('a.sql');
    expect(name('a.enc', true, false)).toBe('a.enc');
    expect(name('.enc', true, true)).toBe('.enc');
  });

  it('of sidecars', () => {
    expect(crypto.formats.sidecarPath('a b/c.sql.enc')).toBe('a b/c.sql.enc.meta.json');
    expect(['a.meta.json', 'x/a.tar.index'].every((path) => crypto.formats.isSidecar(path))).toBe(true);
    expect(
      ['a.json', 'index', 'meta.json', 'a.index.sql'].some((path) => crypto.formats.isSidecar(path)),
    ).toBe(false);
  });
});
