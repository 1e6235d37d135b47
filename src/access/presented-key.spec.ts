import { describe, expect, it } from '@jest/globals';
import { presentedKey } from './presented-key.js';

describe('presentedKey', () => {
  it.each([
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer abc' }, 'abc'],
    [{ authorization: 'BEARER   abc  ' }, 'abc'],
    [{ authorization: 'Bearer a.b-c_d~e+f/g==' }, 'a.b-c_d~e+f/g=='],
    [{ 'x-api-key': 'abc' }, 'abc'],
    [{ authorization: 'Basic YTpi', 'x-api-key': 'abc' }, 'abc'],
    [{ authorization: 'Bearer abc', 'x-api-key': 'def' }, 'abc'],
    [{ authorization: 'Bearer' }, undefined],
    [{ authorization: 'Bearer ' }, undefined],
    [{ authorization: 'Bearerabc' }, undefined],
    [{ authorization: 'Bearer a b' }, undefined],
    [{ authorization: 'Bearer \u00e9' }, undefined],
    [{ authorization: 'Digest Bearer abc' }, undefined],
    [{ authorization: 'abc' }, undefined],
    [{ cookie: 'key=abc' }, undefined],
    [{}, undefined],
  ])('%j: %s', (headers, key) => {
    expect(presentedKey(headers)).toBe(key);
  });
});
