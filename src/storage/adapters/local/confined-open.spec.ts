import { execFileSync, spawn } from 'node:child_process';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { handlesBelow, localStorage, type LocalHarness } from '../../../../test/support/local-storage.js';
import { openInside } from './confined-open.js';

describe('opening inside a root', () => {
  let storage: LocalHarness;
  let outside: string;

  beforeEach(async () => {
    storage = await localStorage();
    outside = join(storage.base, 'data2');
    await mkdir(outside);
    await writeFile(join(outside, 'secret'), 'secret');
    await storage.write('inside/file', Buffer.from('inside'));
  });
  afterEach(async () => {
    expect(handlesBelow(storage.base)).toBe(0);
    await storage.dispose();
  });

  const link = (target: string, path: string) => symlink(target, join(storage.root, path));
  const read = async (path: string) => {
    const { handle } = await openInside(storage.root, path);
    try {
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  };
  const refusal = async (path: string) => {
    const { message, code } = (await read(path).catch((error: unknown) => error)) as Error & { code: string };
    return { message, code };
  };

  it('follows links that stay inside', async () => {
    await link('inside/file', 'link');
    await link('inside', 'folder');
    await link(join(storage.root, 'inside/file'), 'absolute');
    await link('../data/inside/file', 'around');
    for (const path of ['link', 'folder/file', 'absolute', 'around']) expect(await read(path)).toBe('inside');
  });

  it('answers for links that leave as if nothing were there (W14, CVE-2026-54094)', async () => {
    await link(join(outside, 'secret'), 'file');
    await link('../data2/secret', 'relative');
    await link(outside, 'folder');
    await link('folder', 'chain');
    await link('..', 'parent');
    await link('/', 'top');
    await link('/dev/zero', 'device');
    await link('loop', 'loop');
    const missing = await refusal('missing');
    expect(missing.code).toBe('not-found');
    for (const path of [
      'file',
      'relative',
      'folder/secret',
      'folder',
      'chain/secret',
      'parent',
      'loop',
      'device',
    ])
      expect(await refusal(path)).toEqual(missing);
    for (const path of ['parent/data2/secret', 'top/etc/passwd', 'parent/nothing', 'top/proc/self/environ'])
      expect(await refusal(path)).toEqual(missing);
  });

  it('takes no sibling for inside because its name starts alike (GHSA-h64p-8h4r-6gfh)', async () => {
    await link('../data2', 'sibling');
    expect((await refusal('sibling/secret')).code).toBe('not-found');
  });

  it('refuses pipes and sockets at once (W14)', async () => {
    execFileSync('mkfifo', [join(storage.root, 'pipe')]);
    const server = createServer().listen(join(storage.root, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    await link('pipe', 'link');
    for (const path of ['pipe', 'socket', 'link']) expect((await refusal(path)).code).toBe('not-a-file');
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses devices (W14)', async () => {
    for (const device of ['zero', 'null', 'tty'])
      await expect(openInside('/dev', device)).rejects.toMatchObject({ code: 'not-a-file' });
  });

  it.each(['a link is turned to and fro', 'a folder and a link change places'] as const)(
    'gives nothing from outside while %s under it (W14)',
    async (how) => {
      await writeFile(join(storage.root, 'inside/secret'), 'inside');
      await link('../data2', 'outside-link');
      const swapper = startSwapping(storage.root, SWAPS[how]);
      const seen = new Map<string, number>();
      const deadline = performance.now() + 10_000;
      // Until both sides were met often enough to say that there was a race.
      while (Math.min(seen.get('inside') ?? 0, seen.get('not-found') ?? 0) < 300) {
        expect(performance.now()).toBeLessThan(deadline);
        const tries = Array.from({ length: 8 }, () =>
          read('swapped/secret').catch((error: unknown) => (error as { code: string }).code),
        );
        for (const result of await Promise.all(tries)) seen.set(result, (seen.get(result) ?? 0) + 1);
      }
      await swapper.stop();
      expect([...seen.keys()].sort()).toEqual(['inside', 'not-found']);
    },
  );

  it('opens nothing where the system cannot tell what was opened', async () => {
    await expect(openInside(storage.root, 'inside/file', '/nowhere')).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('keeps to the file that was opened when its path is moved away', async () => {
    const { handle, via } = await openInside(storage.root, 'inside/file');
    await rename(join(storage.root, 'inside'), join(storage.root, 'moved'));
    expect(await handle.readFile('utf8')).toBe('inside');
    expect(via.startsWith('/proc/self/fd/')).toBe(true);
    await handle.close();
  });
});

/** Bodies of a loop that runs inside the root. */
const SWAPS = {
  'a link is turned to and fro': `
    for (const target of ['inside', '../data2']) {
      fs.symlinkSync(target, 'new');
      fs.renameSync('new', 'swapped');
    }`,
  // What a check of the path in front cannot see: between it and the opening, a real folder became a link.
  'a folder and a link change places': `
    for (const [now, next] of [['inside', 'outside-link'], ['outside-link', 'inside']]) {
      fs.renameSync(next, 'swapped');
      fs.renameSync('swapped', next);
    }`,
};

/** Does the same over and over, as fast as a process can. */
function startSwapping(folder: string, body: string) {
  const script = `const fs = require('node:fs'); process.stdin.on('end', () => process.exit()).resume();
    const turn = () => { for (let i = 0; i < 50; i++) { ${body} } setImmediate(turn); }; turn();`;
  const child = spawn(process.execPath, ['-e', script], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
