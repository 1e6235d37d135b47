import { createHash, randomBytes } from 'node:crypto';
import { access, readFile, readdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { robustCommand } from '../src/downloads/commands/robust-command.js';
import type { CommandInput } from '../src/downloads/commands/command-input.js';
import { ShellBench } from './support/run-shell.js';
import { type Fault, type ScriptedLink, ScriptedServer } from './support/scripted-server.js';
import { describeWithProgram } from './support/service.js';

const CONTENT = randomBytes(3000);
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const PART = '.backup.sql.L1nk.part';

// Real: curl, bash, dash, the file system. Scripted: the server. Stubbed: sleep, and what a test says.
describeWithProgram(['bash', 'dash', 'curl'], 'The robust command', () => {
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

  const command = (link: ScriptedLink, more: Partial<CommandInput> = {}) =>
    robustCommand({
      url: link.url,
      token: link.token,
      endpoint: server.endpoint,
      linkId: 'L1nk',
      fileName: 'backup.sql',
      size: CONTENT.length,
      sha256: SHA256,
      ...more,
    });
  const run = (
    link: ScriptedLink,
    more: Partial<CommandInput> = {},
    env: { bin?: string; path?: string } = {},
  ) => bench.run('dash', ['-c', command(link, more)], folder, env);
  const expectSaved = async () => {
    expect(await readdir(folder)).toEqual(['backup.sql']);
    expect((await readFile(join(folder, 'backup.sql'))).equals(CONTENT)).toBe(true);
  };

  it.each(['bash', 'dash'])('survives cuts and refusals that pass, in %s', async (shell) => {
    const faults: Fault[] = [
      { status: 409 },
      { cutAfter: 1000 },
      { status: 503 },
      { cutAfter: 0 },
      { cutAfter: 900 },
      { status: 429 },
      { cutAfter: 1 },
    ];
    const link = server.link(CONTENT, faults);
    expect(await bench.run(shell, ['-c', command(link)], folder)).toMatchObject({ exit: 0 });
    const from = (start: number) => `bytes=${start}-`;
    expect(link.ranges).toEqual([
      '-',
      '-',
      from(1000),
      from(1000),
      from(1000),
      from(1900),
      from(1900),
      from(1901),
    ]);
    expect(await bench.takeSleeps()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await expectSaved();
  });

  it('starts from zero when the server ignores Range', async () => {
    const link = server.link(CONTENT, [{ cutAfter: 1000 }, { ignoreRange: true }]);
    expect(await run(link)).toMatchObject({ exit: 0 });
    expect(link.ranges).toEqual(['-', 'bytes=1000-', '-']);
    await expectSaved();
  });

  it('gives up on 401 at once and leaves nothing', async () => {
    const link = { ...server.link(CONTENT), url: `${server.endpoint}?token=unknown` };
    const result = await run(link);
    expect(result).toMatchObject({
      exit: 1,
      output: expect.stringContaining('used, expired or revoked'),
    });
    expect(await bench.takeSleeps()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives up after 40 tries, and goes on where it stopped when run again', async () => {
    const link = server.link(CONTENT, [{ cutAfter: 2000 }, ...Array<Fault>(39).fill({ status: 503 })]);
    const result = await run(link);
    expect(result).toMatchObject({
      exit: 1,
      output: expect.stringContaining('Gave up after 40 tries'),
    });
    const sleeps = await bench.takeSleeps();
    expect(sleeps).toHaveLength(39);
    expect(Math.max(...sleeps)).toBe(30);
    expect(await readdir(folder)).toEqual([PART]);
    expect(await run(link)).toMatchObject({ exit: 0 });
    expect(link.ranges.at(-1)).toBe('bytes=2000-');
    await expectSaved();
  });

  it.each([
    ['resumes', 1234, ['bytes=1234-']],
    ['does not ask again for', 3000, []],
    ['starts over from', 3001, ['-']],
  ])('%s a part of %d bytes from an earlier run', async (_, length, ranges) => {
    await writeFile(join(folder, PART), Buffer.concat([CONTENT, Buffer.from('?')]).subarray(0, length));
    const link = server.link(CONTENT);
    expect(await run(link)).toMatchObject({ exit: 0 });
    expect(link.ranges).toEqual(ranges);
    await expectSaved();
  });

  it('takes no part of another link for its own', async () => {
    await writeFile(join(folder, '.backup.sql.other.part'), 'foreign');
    const link = server.link(CONTENT);
    expect(await run(link)).toMatchObject({ exit: 0 });
    expect(link.ranges).toEqual(['-']);
    expect(await readFile(join(folder, '.backup.sql.other.part'), 'utf8')).toBe('foreign');
  });

  it('does not write through a symlink in place of the part', async () => {
    await symlink('victim', join(folder, PART));
    const link = server.link(CONTENT);
    expect(await run(link)).toMatchObject({ exit: 1 });
    expect(link.ranges).toEqual([]);
    expect(await readdir(folder)).toEqual([PART]);
  });

  it.each([2999, 3001])('refuses a body that is not the promised %d bytes long', async (size) => {
    const result = await run(server.link(CONTENT), { size });
    expect(result).toMatchObject({ exit: 1, output: expect.stringContaining('Wrong size') });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a damaged part, and then starts from zero', async () => {
    const link = server.link(CONTENT);
    await writeFile(join(folder, PART), 'damaged');
    const result = await run(link);
    expect(result).toMatchObject({ exit: 1, output: expect.stringContaining('Wrong SHA-256') });
    expect(await readdir(folder)).toEqual([]);
    expect(await run(link)).toMatchObject({ exit: 0 });
    await expectSaved();
  });

  it('moves the file without hard links, and still overwrites nothing', async () => {
    const bin = await bench.folder();
    await bench.stub('ln', 'exit 1', bin);
    expect(await run(server.link(CONTENT), {}, { bin })).toMatchObject({ exit: 0 });
    await expectSaved();

    // Another file takes the name between the last look and the rename.
    await unlink(join(folder, 'backup.sql'));
    await bench.stub('ln', 'echo other > backup.sql; exit 1', bin);
    const result = await run(server.link(CONTENT), {}, { bin });
    expect(result).toMatchObject({
      exit: 1,
      output: expect.stringContaining(`whole file is in ${PART}`),
    });
    expect(await readFile(join(folder, 'backup.sql'), 'utf8')).toBe('other\n');
  });

  it('refuses a name that was taken during the download, and finishes later without asking again', async () => {
    const link = server.link(CONTENT, [{ before: () => symlink('nowhere', join(folder, 'backup.sql')) }]);
    const result = await run(link);
    expect(result).toMatchObject({
      exit: 1,
      output: expect.stringContaining('has appeared meanwhile'),
    });
    expect((await readdir(folder)).sort()).toEqual([PART, 'backup.sql']);
    await unlink(join(folder, 'backup.sql'));
    expect(await run(link)).toMatchObject({ exit: 0 });
    expect(link.ranges).toEqual(['-']);
    await expectSaved();
  });

  describeWithProgram('flock', 'with flock', () => {
    it('lets no second run write to the same part', async () => {
      let asked!: () => void;
      let goOn!: () => void;
      const request = new Promise<void>((resolve) => (asked = resolve));
      const answer = new Promise<void>((resolve) => (goOn = resolve));
      const link = server.link(CONTENT, [{ before: () => (asked(), answer) }]);
      const first = run(link);
      await request;
      expect(await run(link)).toMatchObject({
        exit: 1,
        output: expect.stringContaining('Another run'),
      });
      expect(link.ranges).toHaveLength(1);
      goOn();
      expect(await first).toMatchObject({ exit: 0 });
      await expectSaved();
    });
  });

  /** A PATH with nothing but what the command cannot do without, and `extra`. */
  async function barePath(...extra: string[]): Promise<string> {
    const bin = await bench.folder();
    for (const program of ['curl', 'wc', 'ln', 'rm', 'mv', ...extra]) {
      const found = await firstOnPath(program);
      await bench.stub(program, `PATH='${process.env.PATH ?? ''}' exec '${found}' "$@"`, bin);
    }
    await bench.stub('sleep', ':', bin);
    return bin;
  }

  for (const tool of ['sha256sum', 'shasum', 'openssl'])
    describeWithProgram(tool, `with ${tool} only`, () => {
      it('tells right from wrong content', async () => {
        const shell = await firstOnPath('dash');
        const path = await barePath(tool);
        const runBare = (sha256: string) =>
          bench.run(shell, ['-c', command(server.link(CONTENT), { sha256 })], folder, { path });
        expect(await runBare('0'.repeat(64))).toMatchObject({
          exit: 1,
          output: expect.stringContaining('Wrong SHA-256'),
        });
        expect(await readdir(folder)).toEqual([]);
        expect(await runBare(SHA256)).toMatchObject({
          exit: 0,
          output: expect.not.stringContaining('not checked'),
        });
        await expectSaved();
      });
    });

  it('says so when no tool can check the SHA-256, and needs neither sleep nor flock to succeed', async () => {
    const shell = await firstOnPath('dash');
    const result = await bench.run(shell, ['-c', command(server.link(CONTENT))], folder, {
      path: await barePath(),
    });
    expect(result).toMatchObject({
      exit: 0,
      output: expect.stringContaining('SHA-256 not checked'),
    });
    await expectSaved();
  });
});

async function firstOnPath(program: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const file = join(folder, program);
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  }
  throw new Error(`${program} is not installed`);
}
