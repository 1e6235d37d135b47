import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemError } from './problem.js';
import { baseName, checkFolderPath, checkStoragePath } from './storage-path.js';

const problemOf = (action: () => unknown): ProblemError => {
  try {
    action();
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

const NAMES = [
  'a',
  'a..b',
  '..a',
  'a..',
  '...',
  '.hidden',
  '%41',
  '%2e%2e',
  '%2e%2e%2fetc%2fpasswd',
  '%00',
  'C:',
  '~',
  '~root',
  '-rf',
  'día 🚀 数据.sql',
  'e\u0301',
  '．．',
  '\u2025',
  '\u202etxt.sql',
  '\ufeff',
  ' ',
  'a b',
  '\'"`$(x);&|<>*?[]{}!#',
];

describe('checkStoragePath', () => {
  it.each(NAMES)('serves %j as it is, in any place', (name) => {
    for (const path of [name, `folder/${name}`, `${name}/file`, `a/${name}/b`])
      expect(checkStoragePath(path)).toBe(path);
  });

  it.each([
    ['empty', ''],
    ['the parent', '..'],
    ['the parent first', '../etc/passwd'],
    ['the parent inside', 'a/../../etc/passwd'],
    ['the parent last', 'a/..'],
    ['the folder itself', '.'],
    ['the folder itself first', './a'],
    ['the folder itself inside', 'a/./b'],
    ['absolute', '/etc/passwd'],
    ['a slash alone', '/'],
    ['a slash at the end', 'a/'],
    ['two slashes', 'a//b'],
    ['NUL', 'a\0'],
    ['NUL before an extension', 'a\0.sql'],
    ['a line end', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['a tab', 'a\tb'],
    ['an escape', 'a\u001b[31m'],
    ['DEL', 'a\u007f'],
    ['a backslash', 'a\\b'],
    ['the parent by backslash', '..\\etc'],
    ['a high surrogate alone', 'a\ud800'],
    ['a low surrogate alone', '\udc00a'],
    ['surrogates the wrong way round', '\udc00\ud800'],
  ])('refuses %s', (_, path) => {
    const problem = problemOf(() => checkStoragePath(path));
    expect(problem.status).toBe(400);
    expect(problem.message).toMatch(/^The path .+\. Give it as the file listing shows it/);
  });

  it('counts bytes, not characters: 4096 are taken, one more is not', () => {
    for (const path of ['x'.repeat(4096), '🚀'.repeat(1024), `${'é'.repeat(2047)}/x`])
      expect(checkStoragePath(path)).toBe(path);
    for (const path of ['x'.repeat(4097), `${'🚀'.repeat(1024)}x`])
      expect(problemOf(() => checkStoragePath(path)).message).toContain('4096 bytes');
  });

  it('never repeats the path', () => {
    expect(problemOf(() => checkStoragePath('secret/../canary')).message).not.toMatch(/secret|canary/);
  });

  /** Stated without splitting: what the path would have to look like to name anything but a plain child. */
  it('takes exactly the paths of plain segments', () => {
    const unit = fc.constantFrom('.', '..', 'a', '/', '//', '\\', '\0', '\ud800', '🚀', '%2f', '...');
    const plain = /^(?!\.{1,2}(?:\/|$))[^/\\\0\ud800]+(?:\/(?!\.{1,2}(?:\/|$))[^/\\\0\ud800]+)*$/u;
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 7 }), (units) => {
        const path = units.join('');
        if (plain.test(path)) expect(checkStoragePath(path)).toBe(path);
        else expect(problemOf(() => checkStoragePath(path)).status).toBe(400);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('checkFolderPath', () => {
  it.each([
    ['', ''],
    ['/', ''],
    ['a', 'a'],
    ['a/', 'a'],
    ['a/b c/', 'a/b c'],
    ['a..b/', 'a..b'],
  ])('%j is the folder %j', (path, folder) => {
    expect(checkFolderPath(path)).toBe(folder);
  });

  it.each(['//', '///', 'a//', '/a', '/a/', '..', '../', './', 'a/../', 'a\0/', '\\', '\ud800/'])(
    'refuses %j',
    (path) => {
      expect(problemOf(() => checkFolderPath(path)).status).toBe(400);
    },
  );
});

describe('baseName', () => {
  it.each([
    ['a', 'a'],
    ['a/b', 'b'],
    ['a/b/c..d', 'c..d'],
    ['a/%2Fb', '%2Fb'],
  ])('of %s is %s', (path, name) => {
    expect(baseName(path)).toBe(name);
  });
});
