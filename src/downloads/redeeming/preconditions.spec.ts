import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluate } from './preconditions.js';

const TAG = '"current"';
const whole = { status: 200, range: { start: 0, end: 100 } };
const part = { status: 206, range: { start: 10, end: 20 } };
const RANGE = { range: 'bytes=10-19' };
const PAST = { range: 'bytes=100-' };
const get = (headers: Record<string, string>) => evaluate('GET', headers, TAG, 100);

describe('evaluate', () => {
  it.each([
    ['nothing', {}, whole],
    ['a range', RANGE, part],
    ['all as a range', { range: 'bytes=0-' }, { status: 206, range: { start: 0, end: 100 } }],
    ['a suffix', { range: 'bytes=-10' }, { status: 206, range: { start: 90, end: 100 } }],
    ['several ranges', { range: 'bytes=0-1,5-6' }, whole],
    ['a range past the end', PAST, { status: 416 }],

    ['If-Match: this', { 'if-match': TAG }, whole],
    ['If-Match: *', { 'if-match': '*' }, whole],
    ['If-Match: a list with this', { 'if-match': `"other", ${TAG}` }, whole],
    ['If-Match: another', { 'if-match': '"other"' }, { status: 412 }],
    ['If-Match: this, but weak', { 'if-match': `W/${TAG}` }, { status: 412 }],
    ['If-Match: nothing', { 'if-match': '' }, { status: 412 }],
    ['If-Match: without quotes', { 'if-match': 'current' }, { status: 412 }],

    ['If-None-Match: this', { 'if-none-match': TAG }, { status: 304 }],
    ['If-None-Match: *', { 'if-none-match': '*' }, { status: 304 }],
    ['If-None-Match: this, but weak', { 'if-none-match': `W/${TAG}` }, { status: 304 }],
    ['If-None-Match: a list with this', { 'if-none-match': `"a",W/${TAG} ,"b"` }, { status: 304 }],
    ['If-None-Match: another', { 'if-none-match': '"other"' }, whole],

    ['If-Range: this', { ...RANGE, 'if-range': TAG }, part],
    ['If-Range: another', { ...RANGE, 'if-range': '"other"' }, whole],
    ['If-Range: this, but weak', { ...RANGE, 'if-range': `W/${TAG}` }, whole],
    ['If-Range: a date', { ...RANGE, 'if-range': 'Wed, 01 Jul 2026 00:00:00 GMT' }, whole],
    ['If-Range: this, past the end', { ...PAST, 'if-range': TAG }, { status: 416 }],
    ['If-Range: another, past the end', { ...PAST, 'if-range': '"other"' }, whole],
    ['If-Range without a range', { 'if-range': '"other"' }, whole],

    // The order of RFC 9110 section 13.2.2.
    ['If-Match fails first', { 'if-match': '"other"', 'if-none-match': TAG, ...PAST }, { status: 412 }],
    ['If-None-Match goes before the range', { 'if-none-match': TAG, ...PAST }, { status: 304 }],
    ['all of them hold', { 'if-match': TAG, 'if-none-match': '"x"', 'if-range': TAG, ...RANGE }, part],
    ['a date alone says nothing', { 'if-modified-since': 'Wed, 01 Jul 2026 00:00:00 GMT' }, whole],
  ])('GET with %s', (_, headers, expected) => {
    expect(get(headers)).toEqual(expected);
  });

  it.each([
    ['HEAD', RANGE, whole],
    ['HEAD', PAST, whole],
    ['HEAD', { ...RANGE, 'if-range': TAG }, whole],
    ['HEAD', { 'if-none-match': TAG }, { status: 304 }],
    ['HEAD', { 'if-match': '"other"' }, { status: 412 }],
    ['POST', RANGE, whole],
    ['POST', PAST, whole],
    ['POST', { 'if-none-match': TAG }, { status: 412 }],
    ['POST', { 'if-match': '"other"' }, { status: 412 }],
  ])('%s with %j: ranges are for GET alone', (method, headers, expected) => {
    expect(evaluate(method, headers, TAG, 100)).toEqual(expected);
  });

  it('gives an empty file whole', () => {
    expect(evaluate('GET', {}, TAG, 0)).toEqual({ status: 200, range: { start: 0, end: 0 } });
    expect(evaluate('GET', { range: 'bytes=0-' }, TAG, 0)).toEqual({ status: 416 });
  });

  it('never gives a part to a client whose first part is of another version', () => {
    const tag = fc.constantFrom(TAG, '"other"', `W/${TAG}`, '*', '', 'Wed, 01 Jul 2026 00:00:00 GMT');
    fc.assert(
      fc.property(tag, fc.nat(150), (ifRange, start) => {
        const evaluation = get({ range: `bytes=${start}-`, 'if-range': ifRange });
        if (ifRange !== TAG) expect(evaluation).toEqual(whole);
        else expect(evaluation.status).toBe(start < 100 ? 206 : 416);
      }),
    );
  });
});
