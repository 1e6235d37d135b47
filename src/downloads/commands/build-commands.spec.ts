import { describe, expect, it } from '@jest/globals';
import { HOSTILE_NAMES } from '../../../test/support/hostile-names.js';
import { buildCommands } from './build-commands.js';
import type { CommandInput } from './command-input.js';

const input: CommandInput = {
  url: 'https://[2001:db8::1]:3000/d?token=abc',
  token: 'abc',
  endpoint: 'https://[2001:db8::1]:3000/d',
  linkId: 'L1nk',
  fileName: 'dumps/backup.sql',
  size: 42,
};

describe('buildCommands', () => {
  it('gives one-liners for curl and wget that cannot resume onto an older file', () => {
    const { curl, wget } = buildCommands(input);
    expect(curl).toBe(
      "curl -f -g -L --max-redirs 0 -o 'backup.sql' 'https://[2001:db8::1]:3000/d?token=abc'",
    );
    expect(wget).toBe(
      "wget --tries=20 --max-redirect=0 -O 'backup.sql' 'https://[2001:db8::1]:3000/d?token=abc'",
    );
  });

  it('uses only options that curl 7.29 and wget 1.14 have', () => {
    const old = {
      curl: ['-f', '-g', '-L', '--max-redirs', '--connect-timeout', '-C', '-K', '-o', '-w', '-'],
      wget: ['--tries', '--max-redirect', '-O'],
    };
    const commands = buildCommands(input);
    for (const command of [commands.curl, commands.wget, commands.robust, commands.curlConfig])
      for (const [, program = '', rest = ''] of command.matchAll(/(?:^|\| )(curl|wget) (.*)$/gm))
        for (const [option] of rest.replace(/'[^']*'/g, '').matchAll(/(?<= |^)-[^ =)]*/g))
          expect(old[program as 'curl' | 'wget']).toContain(option);
  });

  it('confirms in the same line, with options of the same age', () => {
    const { curl, wget } = buildCommands({ ...input, confirmEndpoint: 'https://h/d/confirm' });
    const hash = '{ sha256sum 2> /dev/null || shasum -a 256 2> /dev/null || openssl dgst -sha256; }';
    const json = `sed 's/.*= //; s/ .*//; s/.*/{"sha256":"&"}/'`;
    expect(curl).toBe(
      `${buildCommands(input).curl} && ${hash} < 'backup.sql' | ${json} | curl -f -g -L --max-redirs 0 -sS ` +
        String.raw`-w '\n' -H 'Content-Type: application/json' -d @- 'https://h/d/confirm?token=abc'`,
    );
    expect(wget).toBe(
      `${buildCommands(input).wget} && wget -q --tries=3 --max-redirect=0 -O - ` +
        `--header='Content-Type: application/json' --post-data=$(${hash} < 'backup.sql' | ${json}) ` +
        `'https://h/d/confirm?token=abc' && echo`,
    );
  });

  it('names the part file after the file and the link, shorter when that would be too long', () => {
    const partOf = (fileName: string) => /^p=(.*)$/m.exec(buildCommands({ ...input, fileName }).robust)?.[1];
    expect(partOf("it's.sql")).toBe(String.raw`'.it'\''s.sql.L1nk.part'`);
    expect(partOf('x'.repeat(244))).toBe(`'.${'x'.repeat(244)}.L1nk.part'`);
    expect(partOf('x'.repeat(245))).toBe("'.drawbridge.L1nk.part'");
  });

  it('stays within what a terminal takes as one line', () => {
    for (const fileName of [...HOSTILE_NAMES, "'".repeat(255)])
      for (const command of Object.values<string>({ ...buildCommands({ ...input, fileName }) }))
        for (const line of command.split('\n')) {
          expect(Buffer.byteLength(line)).toBeLessThan(4096);
          expect(line).not.toContain('\t');
        }
  });

  it('makes the name safe itself', () => {
    const commands = buildCommands({ ...input, fileName: '../a/.\u202ehidden\n' });
    for (const command of Object.values<string>({ ...commands })) expect(command).toContain('__hidden_');
  });
});
