import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildCommands } from '../src/downloads/commands/build-commands.js';
import type { CommandInput, Commands } from '../src/downloads/commands/command-input.js';
import { HOSTILE_NAMES } from './support/hostile-names.js';
import { ShellBench } from './support/run-shell.js';
import { type ScriptedLink, ScriptedServer } from './support/scripted-server.js';
import { describeWithProgram } from './support/service.js';

// Real: curl, wget, bash, dash, the file system. Scripted: the server. Stubbed: sleep.
describeWithProgram(['bash', 'dash', 'curl', 'wget'], 'The ready command lines', () => {
  const CONTENT = randomBytes(3000);
  const SHELLS = ['bash', 'dash'] as const;
  let server: ScriptedServer;
  let bench: ShellBench;

  beforeAll(async () => {
    server = await ScriptedServer.start();
    bench = await ShellBench.create();
  });
  afterAll(async () => {
    await server.stop();
    await bench.remove();
  });

  const commandsFor = (link: ScriptedLink, more: Partial<CommandInput> = {}): Commands =>
    buildCommands({
      url: link.url,
      token: link.token,
      endpoint: server.endpoint,
      linkId: 'L1nk',
      fileName: 'backup.sql',
      size: link.content.length,
      sha256: createHash('sha256').update(link.content).digest('hex'),
      ...more,
    });
  const only = async (folder: string, files: Record<string, Buffer | string>) => {
    expect((await readdir(folder)).sort()).toEqual(Object.keys(files).sort());
    for (const [name, content] of Object.entries(files))
      expect((await readFile(join(folder, name))).equals(Buffer.from(content))).toBe(true);
  };

  const KINDS = ['curl', 'wget', 'robust', 'curlConfig'] as const;
  it.each(SHELLS.flatMap((shell) => KINDS.map((kind) => [kind, shell] as const)))(
    '%s in %s writes exactly the named file, whatever the name',
    async (kind, shell) => {
      const check = async (fileName: string) => {
        const folder = await bench.folder();
        await writeFile(join(folder, 'decoy'), 'untouched');
        const link = server.link(CONTENT, kind === 'robust' ? [{ cutAfter: 700 }] : []);
        const result = await bench.run(shell, ['-c', commandsFor(link, { fileName })[kind]], folder);
        expect({ fileName, ...result }).toMatchObject({ fileName, exit: 0 });
        await only(folder, { decoy: 'untouched', [fileName]: CONTENT });
      };
      const waiting = [...HOSTILE_NAMES];
      const worker = async () => {
        for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) await check(name);
      };
      await Promise.all([worker(), worker(), worker()]);
    },
  );

  it.each(
    SHELLS.flatMap((shell) => (['robust', 'curlConfig'] as const).map((kind) => [kind, shell] as const)),
  )(
    '%s in %s refuses an existing file, folder and symlink before it asks for anything',
    async (kind, shell) => {
      for (const what of ['file', 'folder', 'link', 'dangling'] as const) {
        const folder = await bench.folder();
        const target = join(folder, '-rf');
        if (what === 'folder') await mkdir(target);
        else if (what === 'file') await writeFile(target, 'old');
        else await symlink(what === 'link' ? 'other' : 'nowhere', target);
        if (what === 'link') await writeFile(join(folder, 'other'), 'old');
        const before = (await readdir(folder)).sort();
        const link = server.link(CONTENT);

        const result = await bench.run(shell, ['-c', commandsFor(link, { fileName: '-rf' })[kind]], folder);

        expect(result).toMatchObject({
          exit: 1,
          output: expect.stringContaining('./-rf already exists'),
        });
        expect(link.ranges).toEqual([]);
        expect((await readdir(folder)).sort()).toEqual(before);
        if (what === 'folder') expect(await readdir(target)).toEqual([]);
        else if (what === 'dangling') expect(await readlink(target)).toBe('nowhere');
        else expect(await readFile(target, 'utf8')).toBe('old');
      }
    },
  );

  it.each(['bash', 'dash'])('all work in a %s with errexit, nounset and noclobber', async (shell) => {
    for (const kind of KINDS) {
      const folder = await bench.folder();
      const link = server.link(CONTENT, kind === 'robust' ? [{ cutAfter: 10 }, { ignoreRange: true }] : []);
      const result = await bench.run(shell, ['-euC', '-c', commandsFor(link)[kind]], folder);
      expect({ kind, ...result }).toMatchObject({ kind, exit: 0 });
      await only(folder, { 'backup.sql': CONTENT });
    }
  });

  it('can be pasted into an interactive bash, which lives on', async () => {
    for (const kind of KINDS) {
      const folder = await bench.folder();
      const fileName = "it's !! \"a!b\" !$ 'x!y'";
      const command = commandsFor(server.link(CONTENT), { fileName })[kind];
      const fails = commandsFor(
        { ...server.link(CONTENT), url: `${server.endpoint}?token=no`, token: 'no' },
        {
          fileName: 'no!!',
        },
      )[kind];
      const input = `${command}\n${fails}\necho alive and "$?"\n`;
      const result = await bench.run('bash', ['--norc', '-i'], folder, { input });
      expect(result.output).toMatch(kind === 'wget' ? /^alive and [68]$/m : /^alive and (1|22)$/m);
      await only(folder, { [fileName]: CONTENT, ...(kind === 'wget' && { 'no!!': '' }) });
    }
  });

  it('keep a 0-byte file, also when curl makes none', async () => {
    // As curl did before 7.42: no data, no file.
    const bin = await bench.folder();
    await bench.stub(
      'curl',
      `PATH=\${PATH#*:}; before=; for a; do [ "$before" = -o ] && f=$a; before=$a; done
[ -e "$f" ] && exec curl "$@"
curl "$@" || exit; [ -s "$f" ] || rm -f "$f"`,
      bin,
    );
    for (const kind of KINDS) {
      const folder = await bench.folder();
      const link = server.link(Buffer.alloc(0), kind === 'robust' ? [{ status: 409 }] : []);
      const result = await bench.run('dash', ['-c', commandsFor(link)[kind]], folder, { bin });
      expect({ kind, ...result }).toMatchObject({ kind, exit: 0 });
      expect(link.ranges).toHaveLength(kind === 'robust' ? 2 : 1);
      await only(folder, { 'backup.sql': '' });
    }
  });

  it.each([
    ['curl', [22, 18, 47]],
    ['wget', [6, 4, 8]],
    ['curlConfig', [22, 18, 47]],
    ['robust', [1, 1, 1]],
  ] as const)('%s shows 401, an endless row of cuts and a redirect by its exit', async (kind, exits) => {
    const unknown = { ...server.link(CONTENT), url: `${server.endpoint}?token=no`, token: 'no' };
    const cut = server.link(CONTENT, [], { cutAfter: 0 });
    const redirect = server.link(CONTENT, [{ status: 302, location: `${server.endpoint}/login` }]);
    const seen = [];
    for (const link of [unknown, cut, redirect]) {
      const command = commandsFor(link)[kind].replace('--tries=20', '--tries=1');
      seen.push((await bench.run('dash', ['-c', command], await bench.folder())).exit);
    }
    expect(seen).toEqual(exits);
  });

  it.each(['curl', 'curlConfig', 'robust'] as const)('%s takes the address literally', async (kind) => {
    const folder = await bench.folder();
    const link = server.link(CONTENT);
    const command = commandsFor(link, {
      url: `${link.url}&x=[1-2]{a,b}`,
      endpoint: `${server.endpoint}?x=[1-2]{a,b}`,
    })[kind];
    expect(await bench.run('dash', ['-c', command], folder)).toMatchObject({ exit: 0 });
    expect(link.ranges).toEqual(['-']);
    await only(folder, { 'backup.sql': CONTENT });
  });

  it('wget goes on by itself after a cut', async () => {
    const folder = await bench.folder();
    const link = server.link(CONTENT, [{ cutAfter: 1000 }]);
    expect((await bench.run('dash', ['-c', commandsFor(link).wget], folder)).exit).toBe(0);
    expect(link.ranges).toEqual(['-', 'bytes=1000-']);
    await only(folder, { 'backup.sql': CONTENT });
  });

  it.each(['robust', 'curlConfig'] as const)(
    '%s keeps the token out of the arguments of curl',
    async (kind) => {
      const [bin, folder] = [await bench.folder(), await bench.folder()];
      await bench.stub('curl', 'PATH=${PATH#*:}; printf "%s\\n" "$@" > ../seen-args; exec curl "$@"', bin);
      const link = server.link(CONTENT);
      expect((await bench.run('bash', ['-c', commandsFor(link)[kind]], folder, { bin })).exit).toBe(0);
      const seen = await readFile(join(folder, '../seen-args'), 'utf8');
      expect(seen).toContain('--max-redirs');
      expect(seen).not.toContain(link.token);
    },
  );
});
