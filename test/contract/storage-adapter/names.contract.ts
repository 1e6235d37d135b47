import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wholeOf } from '../../../src/common/byte-source.js';
import { HOSTILE_NAMES } from '../../support/hostile-names.js';
import { readAll, unhurried } from '../../support/read-all.js';
import type { StorageHarness, StorageSubject } from './storage-harness.js';

/** Names that a careless adapter decodes, folds, trims or takes for a pattern. */
const NAMES = [
  ...HOSTILE_NAMES.filter((name) => !name.includes('/')),
  'a..b',
  '..a',
  'a..',
  '...',
  '%41',
  'A',
  '%2e%2e%2f',
  '%',
  'a+b c',
  '*?[]{}',
  'quote\'s "double" `back`',
  '\u{1f600}.sql',
  '\uffee\uffee',
  'trailing.',
  'trailing ',
  '-leading-dash',
  '.hidden',
  'con',
  'über & ß.tar',
];
const NORMAL_FORMS = ['caf\u00e9', 'cafe\u0301'];

/** Paths that no adapter may follow, whatever lies there (G21). */
const REFUSED = [
  '',
  '/',
  '..',
  '../secret',
  'a/../../secret',
  './a',
  'a/.',
  'a//b',
  '/etc/passwd',
  'a/',
  'a\u0000b',
  'a\u0000/../b',
  'a\\..\\b',
  'a\nb',
  '\ud800',
];

export function namesContract({ setUp, keepsNormalForms }: StorageSubject): void {
  describe('names', () => {
    let storage: StorageHarness;
    const paths = [...new Set(NAMES), ...(keepsNormalForms ? NORMAL_FORMS : [])].flatMap((name) => [
      name,
      ...(name.length < 100 ? [`in ${name}/${name}`] : []),
    ]);

    beforeAll(async () => {
      storage = await setUp();
      for (const path of paths) await storage.write(path, Buffer.from(path));
    });
    afterAll(() => storage.dispose());

    it(`serves every legitimate name as it is, normal forms ${keepsNormalForms ? 'apart' : 'not compared'} (W13, G21)`, async () => {
      for (const path of paths) {
        const source = await storage.adapter.source(path);
        expect((await readAll(source.open(wholeOf(source), unhurried()))).toString()).toBe(path);
      }
    });

    it('lists them under the very same names', async () => {
      const { entries } = await storage.adapter.list('', { limit: 1000 });
      const files = entries.filter((entry) => entry.kind === 'file').map((entry) => entry.path);
      expect(new Set(files)).toEqual(new Set(paths.filter((path) => !path.includes('/'))));
      for (const { path } of entries.filter((entry) => entry.kind === 'folder')) {
        const inner = await storage.adapter.list(path, { limit: 1000 });
        expect(paths).toContain(inner.entries[0]?.path);
      }
    });

    it.each(REFUSED.map((path) => [JSON.stringify(path), path]))(
      'refuses the path %s (W14)',
      async (_, path) => {
        await expect(storage.adapter.stat(path)).rejects.toMatchObject({ name: 'ProblemError', status: 400 });
        await expect(storage.adapter.source(path)).rejects.toMatchObject({
          name: 'ProblemError',
          status: 400,
        });
      },
    );

    it('refuses folders that lead out (W14)', async () => {
      for (const folder of ['..', 'a/..', '../', '/etc', 'a\u0000'])
        await expect(storage.adapter.list(folder, { limit: 1 })).rejects.toMatchObject({ status: 400 });
    });
  });
}
