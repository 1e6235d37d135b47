import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { ProblemError } from '../../common/problem.js';
import { presentedToken } from './presented-token.js';

const TOKEN = 'Abc-_9'.padEnd(43, 'x');
const asked = (query: Record<string, unknown>, authorization?: string) =>
  ({ query, headers: { authorization } }) as unknown as Request;

describe('presentedToken', () => {
  it.each([
    ['the query', asked({ token: TOKEN })],
    ['a bearer', asked({}, `Bearer ${TOKEN}`)],
    ['a bearer in small letters', asked({}, `bearer ${TOKEN}`)],
    ['a bearer amid spaces', asked({}, `Bearer   ${TOKEN} `)],
    ['both, the bearer first', asked({ token: 'other' }, `Bearer ${TOKEN}`)],
    ['the query beside other credentials', asked({ token: TOKEN }, 'Basic YTpi')],
    ['the query beside an empty bearer', asked({ token: TOKEN }, 'Bearer ')],
    ['the query beside other fields', asked({ token: TOKEN, utm_source: 'x' })],
  ])('takes it from %s', (_, request) => {
    expect(presentedToken(request)).toBe(TOKEN);
  });

  it.each([
    ['nothing', asked({})],
    ['an empty token', asked({ token: '' })],
    ['two tokens', asked({ token: [TOKEN, TOKEN] })],
    ['a nested token', asked({ token: { a: TOKEN } })],
    ['other credentials', asked({}, 'Basic YTpi')],
    ['an empty bearer', asked({}, 'Bearer')],
    ['a bearer of two words', asked({}, `Bearer ${TOKEN} x`)],
    ['a token under another name', asked({ Token: TOKEN })],
  ])('says what to do about %s', (_, request) => {
    const refused = () => presentedToken(request);
    expect(refused).toThrow(ProblemError);
    expect(refused).toThrow('?token=');
    expect(refused).not.toThrow(TOKEN);
    expect(refused).toThrow(expect.objectContaining({ status: 400, code: 'token-missing' }));
  });
});
