import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { curlConfigLine, shellFile, shellQuote } from './shell-quote.js';

describe('shellQuote', () => {
  it('gives sh exactly the text, whatever it is', () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '').toWellFormed());
    const special = fc.stringMatching(/^['"\\$`!*?[\]{}~#;&|<>()=% \n\-ab]*$/);
    const texts = fc.sample(fc.oneof(text, special), 500);
    const output = execFileSync('sh', ['-c', `printf '%s\\0' ${texts.map(shellQuote).join(' ')}`], {
      encoding: 'utf8',
    });
    expect(output.split('\0').slice(0, -1)).toEqual(texts);
  });
});

describe('shellFile', () => {
  it.each([
    ['-', "'./-'"],
    ['--', "'./--'"],
    ['-rf', "'./-rf'"],
    ['a-b', "'a-b'"],
    ["a'b", String.raw`'a'\''b'`],
  ])('%j becomes %s', (name, word) => {
    expect(shellFile(name)).toBe(word);
  });
});

describe('curlConfigLine', () => {
  it('escapes what curl unescapes', () => {
    expect(curlConfigLine('url', String.raw`a"b\c`)).toBe(String.raw`url = "a\"b\\c"`);
  });
});
