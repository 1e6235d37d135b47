import { createHash, randomBytes } from 'node:crypto';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { buildCommands } from '../src/downloads/commands/build-commands.js';
import type { CommandInput } from '../src/downloads/commands/command-input.js';
import { HOSTILE_NAMES } from './support/hostile-names.js';
import { ShellBench } from './support/run-shell.js';
import { ScriptedServer, type ScriptedLink } from './support/scripted-server.js';
import { describeWithProgram } from './support/service.js';

const CONTENT = randomBytes(3000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const PART = '.backup.sql.L1nk.part';
const KINDS = ['curl', 'wget', 'robust', 'curlConfig'] as const;

// Real: curl, wget, bash, dash, hash tools, the file system. Scripted: the server. Stubbed: sleep, and what a test says.
describeWithProgram(['bash', 'dash', 'curl', 'wget'], 'The ready command lines of a link to confirm', () => {
  let server: ScriptedServer;
  let bench: ShellBench;
  let folder: string;
  beforeAll(async () => {
    server = await ScriptedServer.start();
    bench = await ShellBench.create();
  });
  afterAll(async () => {
    await server.stop();
    await bench.remove();
  });
  beforeEach(async () => {
    folder = await bench.folder();
    await bench.takeSleeps();
  });

  const commandsFor = (link: ScriptedLink, more: Partial<CommandInput> = {}) =>
    buildCommands({
      url: link.url,
      token: link.token,
      endpoint: server.endpoint,
      confirmEndpoint: `${server.endpoint}/confirm`,
      linkId: 'L1nk',
      fileName: 'backup.sql',
      size: link.content.length,
      ...more,
    });

  it.each(['bash', 'dash'].flatMap((shell) => KINDS.map((kind) => [kind, shell] as const)))(
    '%s in %s confirms exactly what it wrote, whatever the name',
    async (kind, shell) => {
      const waiting = [...HOSTILE_NAMES];
      const check = async (fileName: string) => {
        const own = await bench.folder();
        const link = server.link(CONTENT);
        const result = await bench.run(shell, ['-c', commandsFor(link, { fileName })[kind]], own);
        expect({ fileName, ...result }).toMatchObject({ fileName, exit: 0 });
        expect(await readdir(own)).toEqual([fileName]);
        expect(link.confirmations).toEqual([{ sha256: SHA256 }]);
        expect(result.output).toContain(kind === 'robust' ? 'Confirmed by SHA-256' : '"state":"used"');
      };
      const worker = async () => {
        for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) await check(name);
      };
      await Promise.all([worker(), worker(), worker()]);
    },
  );

  it('can be pasted into an interactive bash, and run in a strict one', async () => {
    for (const kind of KINDS) {
      const own = await bench.folder();
      const link = server.link(CONTENT);
      const fileName = "it's !! \"a!b\" !$ 'x!y'";
      const input = `${commandsFor(link, { fileName })[kind]}\necho alive and "$?"\n`;
      expect((await bench.run('bash', ['--norc', '-i'], own, { input })).output).toMatch(/^alive and 0$/m);
      expect([kind, link.confirmations]).toEqual([kind, [{ sha256: SHA256 }]]);
      const strict = server.link(CONTENT);
      const command = commandsFor(strict, { fileName: 'strict' })[kind];
      expect(await bench.run('bash', ['-euC', '-o', 'pipefail', '-c', command], own)).toMatchObject({
        exit: 0,
      });
      expect(strict.confirmations).toEqual([{ sha256: SHA256 }]);
    }
  });

  it('confirms an empty file', async () => {
    const sha256 = createHash('sha256').digest('hex');
    for (const kind of KINDS) {
      const link = server.link(Buffer.alloc(0));
      const command = commandsFor(link, { fileName: kind })[kind];
      expect({ kind, ...(await bench.run('dash', ['-c', command], folder)) }).toMatchObject({
        kind,
        exit: 0,
      });
      expect([kind, link.confirmations]).toEqual([kind, [{ sha256 }]]);
    }
  });

  it('confirms nothing after a download that failed, and shows a refused confirmation by its exit', async () => {
    for (const kind of KINDS) {
      const run = async (link: ScriptedLink) =>
        (
          await bench.run(
            'dash',
            ['-c', commandsFor(link)[kind].replace('--tries=20', '--tries=1')],
            await bench.folder(),
          )
        ).exit;
      const cut = server.link(CONTENT, [], { cutAfter: 10 });
      expect(await run(cut)).toBeGreaterThan(0);
      expect(cut.confirmations).toEqual([]);
      const refused = server.link(CONTENT);
      refused.confirmFaults.push(...Array<string>(100).fill('digest-pending'));
      expect([kind, await run(refused)]).toEqual([
        kind,
        { curl: 22, curlConfig: 22, wget: 8, robust: 1 }[kind],
      ]);
    }
  });

  it.each(['robust', 'curlConfig'] as const)(
    '%s keeps the token out of the arguments of curl',
    async (kind) => {
      const bin = await bench.folder();
      await bench.stub('curl', 'PATH=${PATH#*:}; printf "%s\\n" "$@" >> ../seen; exec curl "$@"', bin);
      const link = server.link(CONTENT);
      expect(await bench.run('dash', ['-c', commandsFor(link)[kind]], folder, { bin })).toMatchObject({
        exit: 0,
      });
      const seen = await readFile(join(folder, '../seen'), 'utf8');
      expect(seen).toContain(SHA256);
      expect(seen).not.toContain(link.token);
      await writeFile(join(folder, '../seen'), '');
    },
  );

  it('robust waits while the server still hashes, for so many tries', async () => {
    const link = server.link(CONTENT);
    link.confirmFaults.push('digest-pending', 'digest-pending', 'not-downloaded');
    expect(await bench.run('dash', ['-c', commandsFor(link).robust], folder)).toMatchObject({ exit: 0 });
    expect(link.confirmations).toHaveLength(4);
    expect(await bench.takeSleeps()).toEqual([1, 2, 3]);

    const never = server.link(CONTENT);
    never.confirmFaults.push(...Array<string>(100).fill('digest-pending'));
    const own = await bench.folder();
    expect(await bench.run('dash', ['-c', commandsFor(never).robust], own)).toMatchObject({
      exit: 1,
      output: expect.stringContaining('not confirmed after 45 tries'),
    });
    expect(never.confirmations).toHaveLength(45);
    expect(await readdir(own)).toEqual(['backup.sql']);
  });

  it('robust removes what was damaged on the way, and starts from zero when run again', async () => {
    await writeFile(join(folder, PART), 'damaged');
    const link = server.link(CONTENT);
    const run = () => bench.run('dash', ['-c', commandsFor(link).robust], folder);
    expect(await run()).toMatchObject({ exit: 1, output: expect.stringContaining('Wrong SHA-256') });
    expect(await readdir(folder)).toEqual([]);
    expect(await run()).toMatchObject({ exit: 0 });
    expect(link.ranges).toEqual(['bytes=7-', '-']);
    expect((await readFile(join(folder, 'backup.sql'))).equals(CONTENT)).toBe(true);
  });

  it('robust checks a known SHA-256 before the rename, and confirms it after', async () => {
    const link = server.link(CONTENT);
    const run = (sha256: string) => bench.run('dash', ['-c', commandsFor(link, { sha256 }).robust], folder);
    expect(await run('0'.repeat(64))).toMatchObject({
      exit: 1,
      output: expect.stringContaining('Wrong SHA-256'),
    });
    expect([link.confirmations, await readdir(folder)]).toEqual([[], []]);
    expect(await run(SHA256)).toMatchObject({ exit: 0 });
    expect(link.confirmations).toEqual([{ sha256: SHA256 }]);
  });

  it('robust says that the file is there when the confirmation cannot be made', async () => {
    const link = server.link(CONTENT);
    const elsewhere = commandsFor(link, { confirmEndpoint: `${server.endpoint}/confirm?no=1&token=no` });
    expect(await bench.run('dash', ['-c', elsewhere.robust], folder)).toMatchObject({
      exit: 1,
      output: expect.stringContaining('Saved, but not confirmed: curl exit 0, HTTP status 401'),
    });
    expect(await readdir(folder)).toEqual(['backup.sql']);
  });

  for (const tool of ['sha256sum', 'shasum', 'openssl'])
    describeWithProgram(tool, `with ${tool} only`, () => {
      it.each(KINDS)('%s confirms', async (kind) => {
        const path = await barePath(tool);
        const link = server.link(CONTENT);
        const shell = await firstOnPath('dash');
        const result = await bench.run(shell, ['-c', commandsFor(link)[kind]], folder, { path });
        expect(result).toMatchObject({ exit: 0 });
        expect(link.confirmations).toEqual([{ sha256: SHA256 }]);
      });
    });

  it('robust downloads nothing when no tool could confirm it', async () => {
    const link = server.link(CONTENT);
    const shell = await firstOnPath('dash');
    const result = await bench.run(shell, ['-c', commandsFor(link).robust], folder, {
      path: await barePath(),
    });
    expect(result).toMatchObject({ exit: 1, output: expect.stringContaining('install sha256sum') });
    expect([link.ranges, await readdir(folder)]).toEqual([[], []]);
  });

  /** A PATH with nothing but what the commands cannot do without, and `extra`. */
  async function barePath(...extra: string[]): Promise<string> {
    const bin = await bench.folder();
    for (const program of ['curl', 'wget', 'sed', 'wc', 'ln', 'rm', 'mv', ...extra]) {
      const found = await firstOnPath(program);
      await bench.stub(program, `PATH='${process.env.PATH ?? ''}' exec '${found}' "$@"`, bin);
    }
    await bench.stub('sleep', ':', bin);
    return bin;
  }
});

async function firstOnPath(program: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const file = join(folder, program);
    const found = await access(file).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  throw new Error(`${program} is not installed`);
}
