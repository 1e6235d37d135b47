import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeError } from './describe-error.js';

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('describeError', () => {
  it('tells code and call of a system error, without the path', () => {
    const text = describeError(thrownBy(() => readFileSync('/secret-root/secret-file')));
    expect(text).toContain('ENOENT');
    expect(text).toContain('open failed');
    expect(text).not.toContain('secret');
  });

  it('takes paths out of other messages and follows causes', () => {
    const cause = new Error('cannot use /secret-root/a b');
    const text = describeError(new Error('outer', { cause }));
    expect(text).toContain('outer');
    expect(text).toContain('caused by Error: cannot use <path>');
    expect(text).not.toContain('secret-root');
  });

  it('keeps where in our code it happened, but not where that lies', () => {
    const text = describeError(new Error('x'));
    expect(text).toContain('common/describe-error.spec.ts');
    expect(text).not.toContain(process.cwd());
  });

  it('does not print what is thrown instead of an error', () => {
    expect(describeError('secret')).toBe('a thrown string');
  });

  it('ends on a cycle of causes', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(describeError(error).match(/loop/g)).toHaveLength(5);
  });
});
