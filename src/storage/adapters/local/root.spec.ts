import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localStorage, type LocalHarness } from '../../../../test/support/local-storage.js';
import { LocalAdapter } from './adapter.js';
import { isInside } from './root.js';

describe('the root of a local storage', () => {
  let storage: LocalHarness;

  beforeEach(async () => {
    storage = await localStorage();
  });
  afterEach(() => storage.dispose());

  const check = (root: string, allowed = [storage.root]) =>
    new LocalAdapter(root, { localRoots: allowed, idleTimeoutMs: 5_000 }).check();

  it('may be an allowed folder, one inside, or a link to one', async () => {
    await mkdir(join(storage.root, 'inner'));
    await symlink(join(storage.root, 'inner'), join(storage.base, 'link'));
    await symlink(storage.root, join(storage.base, 'allowed'));
    for (const root of [storage.root, `${storage.root}/inner/`, join(storage.base, 'link')])
      expect(await check(root)).toMatchObject({ ok: true });
    expect(await check(storage.root, [join(storage.base, 'allowed')])).toMatchObject({ ok: true });
  });

  it('may not lie outside; the answer names the variable and tells nothing of the disk (W25)', async () => {
    await mkdir(join(storage.base, 'data2'));
    await symlink('/etc', join(storage.root, 'etc'));
    const outside = await check('/etc');
    expect(outside.ok).toBe(false);
    expect(outside.message).toContain('LOCAL_STORAGE_ROOTS');
    for (const root of ['/', '/nowhere', `${storage.root}2`, `${storage.root}/..`, `${storage.root}/etc`])
      expect(await check(root)).toEqual(outside);
    expect(await check(storage.root, [])).toEqual(outside);
    expect(outside.message).not.toContain(storage.base);
  });

  it('says when it is missing, is no folder, or comes back', async () => {
    await writeFile(join(storage.root, 'file'), 'x');
    expect((await check(join(storage.root, 'missing'))).message).toContain('does not exist');
    expect((await check(join(storage.root, 'file'))).message).toContain('not a folder');
    await storage.write('unmounted/file', Buffer.from('x'));
    const root = join(storage.root, 'unmounted');
    const adapter = new LocalAdapter(root, { localRoots: [storage.root], idleTimeoutMs: 5_000 });
    await rename(root, `${root}.away`);
    await expect(adapter.stat('file')).rejects.toMatchObject({ code: 'unreachable' });
    await rename(`${root}.away`, root);
    expect(await adapter.stat('file')).toMatchObject({ size: 1 });
  });

  it('contains exactly itself and what lies below', () => {
    const name = fc.string({ minLength: 1, maxLength: 5 }).filter((text) => !text.includes('/'));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 3 }), name, (folders, extra) => {
        const folder = `/${folders.join('/')}`;
        expect(isInside(folder, folder)).toBe(true);
        expect(isInside(folder, folder === '/' ? `/${extra}` : `${folder}/${extra}`)).toBe(true);
        if (folder !== '/') expect(isInside(folder, folder + extra)).toBe(false);
        if (folder !== '/') expect(isInside(`${folder}/${extra}`, folder)).toBe(false);
      }),
    );
  });
});
