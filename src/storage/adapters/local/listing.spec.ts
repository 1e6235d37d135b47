import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localStorage, type LocalHarness } from '../../../../test/support/local-storage.js';

describe('a listing of a local folder', () => {
  let storage: LocalHarness;

  beforeEach(async () => {
    storage = await localStorage();
  });
  afterEach(async () => {
    expect(storage.openHandles()).toBe(0);
    await storage.dispose();
  });

  const names = async (folder = '') =>
    (await storage.adapter.list(folder, { limit: 100 })).entries.map((entry) => entry.name);
  const at = (name: string) => join(storage.root, name);

  it('leaves out what is neither file nor folder and what leaves the root (W14)', async () => {
    await storage.write('file', Buffer.from('12345'));
    await mkdir(join(storage.base, 'outside'));
    await writeFile(join(storage.base, 'outside/secret'), 'secret');
    execFileSync('mkfifo', [at('pipe')]);
    await symlink('file', at('link'));
    await symlink('../outside', at('folder-outside'));
    await symlink('../outside/secret', at('file-outside'));
    await symlink('nowhere', at('dangling'));
    await symlink('/dev/null', at('device'));
    const { entries } = await storage.adapter.list('', { limit: 100 });
    expect(entries.map(({ name, kind, size }) => [name, kind, size])).toEqual([
      ['file', 'file', 5],
      ['link', 'file', 5],
    ]);
    await expect(names('folder-outside')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('fills its pages around what is left out, and ends without an empty one', async () => {
    for (const name of ['b', 'd', 'f']) await storage.write(name, Buffer.from(name));
    for (const name of ['a', 'c', 'e', 'g']) execFileSync('mkfifo', [at(name)]);
    const first = await storage.adapter.list('', { limit: 2 });
    expect(first.entries.map((entry) => entry.name)).toEqual(['b', 'd']);
    const second = await storage.adapter.list('', { limit: 1, cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({ entries: [{ name: 'f' }], nextCursor: null });
  });

  it('leaves out names that no path can address', async () => {
    for (const name of ['new\nline', 'back\\slash', 'del\u007f']) await writeFile(at(name), 'x');
    const latin1 = Buffer.concat([Buffer.from(`${storage.root}/`), Buffer.from('caf\xe9', 'latin1')]);
    await writeFile(latin1, 'x');
    expect(await names()).toEqual([]);
    // The decoded form of the one above is a good name, and then it is listed once.
    await writeFile(at('caf\ufffd'), 'x');
    expect(await names()).toEqual(['caf\ufffd']);
  });

  it('shows a folder whose name looks like a file that is not wanted', async () => {
    await storage.write('a.index/file', Buffer.from('x'));
    await storage.write('b.index', Buffer.from('x'));
    await symlink('b.index', at('c.index'));
    const { entries } = await storage.adapter.list('', {
      limit: 100,
      skipFile: (name) => name.endsWith('.index'),
    });
    expect(entries.map((entry) => entry.name)).toEqual(['a.index']);
  });
});
