import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemorySource } from '../../../test/support/memory-source.js';
import { readAll, unhurried } from '../../../test/support/read-all.js';
import { wholeOf, type ByteSource } from '../../common/byte-source.js';
import { ChecksumSource } from '../../crypto/checksum/checksum-source.js';
import { TarBundleSource } from './tar-bundle.source.js';
import { tarHeader } from './tar-header.js';

const MODIFIED = Date.UTC(2026, 7, 1, 3, 0, 0);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const pad = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

const member = (name: string, source: ByteSource, modifiedAt: number | null = MODIFIED) => ({
  name,
  source,
  modifiedAt,
});

/** What the source must be, built at once. */
const model = (files: readonly (readonly [name: string, content: Buffer])[]) =>
  Buffer.concat([
    ...files.flatMap(([name, content]) => [
      tarHeader({ name, size: content.length, modifiedAt: MODIFIED }),
      pad(content),
    ]),
    Buffer.alloc(1024),
  ]);

const listsWithPython = `
import sys, tarfile, json, hashlib
with tarfile.open(sys.argv[1], 'r:') as archive:
    print(json.dumps([[m.name, m.size, int(m.mtime), m.isfile(), hashlib.sha256(archive.extractfile(m).read()).hexdigest()] for m in archive]))
`;

describe('TarBundleSource', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-tar-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is the archive, whatever range of it is read', async () => {
    const content = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));
    const name = fc.constantFrom('a.sql', 'Ärger & 💥.sql.enc', 'x'.repeat(180), 'y'.repeat(100));
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, content), { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fraction, fraction), { minLength: 1, maxLength: 8 }),
        async (files, ranges) => {
          const expected = model(files);
          const inner = files.map(
            ([, bytes]) => new MemorySource(bytes, { chunkSize: 300, reuseMemory: true }),
          );
          const bundle = new TarBundleSource(files.map(([n], i) => member(n, inner[i]!)));
          expect(bundle.size).toBe(expected.length);
          expect(bundle.integrity).toBe('none');
          for (const [a, b] of ranges) {
            const at = [a, b].map((x) => Math.round(x * expected.length)).sort((x, y) => x - y);
            const range = { start: at[0]!, end: at[1]! };
            const bytes = await readAll(bundle.open(range, unhurried()));
            expect(bytes.equals(expected.subarray(range.start, range.end))).toBe(true);
          }
          expect(inner.every(({ opened, closed }) => opened === closed)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('reads of its members only what lies in the range', async () => {
    const first = new MemorySource(randomBytes(10_000));
    const second = new MemorySource(randomBytes(500));
    const bundle = new TarBundleSource([member('a', first), member('b', second)]);
    await readAll(bundle.open({ start: 512 + 9_000, end: 512 + 9_100 }, unhurried()));
    expect([first.bytesRead, second.bytesRead]).toEqual([100, 0]);
    await readAll(bundle.open({ start: 512 + 10_240, end: bundle.size }, unhurried()));
    expect([first.bytesRead, second.bytesRead]).toEqual([100, 500]);
  });

  it('refuses ranges that it does not have', async () => {
    const bundle = new TarBundleSource([member('a', new MemorySource(Buffer.alloc(1)))]);
    const read = readAll(bundle.open({ start: 0, end: bundle.size + 1 }, unhurried()));
    await expect(read).rejects.toThrow(RangeError);
  });

  it.each([
    ['plain names', 'shop.sql.gz.enc'],
    ['a name that is not ASCII', 'Geschäft „Süd“ 💾 100%.sql.enc'],
    ['a long name', `${'long '.repeat(40)}.sql.enc`],
    ['a name of exactly 100 bytes', 'n'.repeat(100)],
    ['a name that looks like an option', '--checkpoint-action=exec=sh.enc'],
    ['quotes', `it's "so".enc`],
  ])('is extracted by GNU tar and by Python: %s', async (_, name) => {
    const content = randomBytes(70_001);
    const sidecar = Buffer.from('{"version": 1}');
    const bundle = new TarBundleSource([
      member(name, new MemorySource(content)),
      member(`${name}.meta.json`, new MemorySource(sidecar)),
    ]);
    const file = join(folder, 'bundle.tar');
    writeFileSync(file, await readAll(bundle.open(wholeOf(bundle), unhurried())));

    const listed: unknown = JSON.parse(
      execFileSync('python3', ['-c', listsWithPython, file], { encoding: 'utf8' }),
    );
    const seconds = MODIFIED / 1000;
    expect(listed).toEqual([
      [name, content.length, seconds, true, sha256(content)],
      [`${name}.meta.json`, sidecar.length, seconds, true, sha256(sidecar)],
    ]);

    const { stderr } = tar(['-xf', file, '-C', folder]);
    expect(stderr).toBe('');
    expect(readdirSync(folder).sort()).toEqual(['bundle.tar', name, `${name}.meta.json`].sort());
    expect(readFileSync(join(folder, name)).equals(content)).toBe(true);
    expect(readFileSync(join(folder, `${name}.meta.json`)).equals(sidecar)).toBe(true);
    expect(statSync(join(folder, name)).mtimeMs).toBe(MODIFIED);
  });

  it('tells sizes from 8 GiB so that GNU tar and Python read them', async () => {
    const huge = 8 * 1024 ** 3 + 5;
    const header = tarHeader({ name: 'ü', size: huge, modifiedAt: null });
    const file = join(folder, 'huge.tar');
    writeFileSync(file, header);
    const python = `import sys, tarfile; m = tarfile.open(sys.argv[1], 'r:').next(); print(m.name, m.size)`;
    expect(execFileSync('python3', ['-c', python, file], { encoding: 'utf8' })).toBe(`ü ${huge}\n`);
    expect(tar(['-tvf', file, '--utc']).stdout).toMatch(new RegExp(`^-rw-r--r-- .*${huge} 1970-01-01 .*`));
    const source: ByteSource = { size: huge, version: '', integrity: 'none', open: () => nothing() };
    expect(new TarBundleSource([member('ü', source, null)]).size).toBe(header.length + huge + 507 + 1024);
    expect(tarHeader({ name: 'a', size: 8 * 1024 ** 3 - 1, modifiedAt: null })).toHaveLength(512);
  });

  it('has a version that changes with contents, names and times', () => {
    const versionOf = (name: string, version: string, modifiedAt: number | null) =>
      new TarBundleSource([
        member(name, new MemorySource(Buffer.alloc(3), { version }), modifiedAt),
        member('b', new MemorySource(Buffer.alloc(3))),
      ]).version;
    const versions = [versionOf('a', 'v1', 0), versionOf('c', 'v1', 0), versionOf('a', 'v2', 0)];
    expect(new Set([...versions, versionOf('a', 'v1', 1_000)]).size).toBe(4);
    expect(versionOf('a', 'v1', 0)).toBe(versions[0]);
  });
});

describe('a bundle with a file that has a checksum', () => {
  const content = randomBytes(5_000);
  const sidecar = Buffer.from('{}');
  const files = [
    ['a', content],
    ['a.meta.json', sidecar],
  ] as const;
  const bundleOf = (stored: ByteSource) =>
    new TarBundleSource([
      member('a', new ChecksumSource(stored, sha256(content))),
      member('a.meta.json', new MemorySource(sidecar)),
    ]);

  it('is proved by that file, when it was read whole', async () => {
    const bundle = bundleOf(new MemorySource(content, { chunkSize: 999, reuseMemory: true }));
    expect(bundle.integrity).toBe('whole');
    const { authenticator } = bundle;
    const read = authenticator!.observe(wholeOf(bundle), unhurried());
    expect(read.evidence()).toBeUndefined();
    expect((await readAll(read)).equals(model(files))).toBe(true);
    expect(authenticator!.missing(read.checkpoints())).toEqual([]);
    expect(authenticator!.verify(read.checkpoints())).toBe(true);
    const part = authenticator!.observe({ start: 1, end: bundle.size }, unhurried());
    expect((await readAll(part)).equals(model(files).subarray(1))).toBe(true);
    expect(part.checkpoints()).toEqual([]);
  });

  it.each([true, false])('is refused when that file is damaged, seen (%s) or gathered', async (seen) => {
    const damaged = Buffer.from(content);
    damaged[4_999]! ^= 1;
    const bundle = bundleOf(new MemorySource(damaged));
    const authenticator = bundle.authenticator!;
    const read = authenticator.observe(wholeOf(bundle), unhurried());
    await readAll(read);
    const pieces = seen ? read.checkpoints() : [await authenticator.gather(wholeOf(bundle), unhurried())];
    expect(pieces).toHaveLength(1);
    expect(authenticator.verify(pieces)).toBe(false);
  });

  it('ends with the signal, frees what it holds and passes failures on', async () => {
    const inner = new MemorySource(content, { chunkSize: 100 });
    const abort = new AbortController();
    const read = async () => {
      for await (const chunk of bundleOf(inner).open({ start: 600, end: 5_000 }, abort.signal))
        if (chunk.length > 0) abort.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    expect(inner.closed).toBe(1);
    const failing = bundleOf(new MemorySource(content, { failAt: 4_000 }));
    await expect(readAll(failing.open(wholeOf(failing), unhurried()))).rejects.toThrow('The source failed');
  });
});

function tar(options: readonly string[]): { stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('tar', options, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  if (status !== 0 && stdout === '') throw new Error(stderr);
  return { stdout, stderr };
}

// eslint-disable-next-line require-yield -- a source that is never read
async function* nothing(): AsyncGenerator<Uint8Array> {
  throw new Error('Not to be read');
}
