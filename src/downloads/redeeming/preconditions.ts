import type { IncomingHttpHeaders } from 'node:http';
import { parseRange, type RangeRequest } from '../../common/byte-ranges.js';
import { wholeOf, type ByteRange } from '../../common/byte-source.js';

const WHOLE: RangeRequest = { kind: 'whole' };

/** What conditions and ranges make of a request (RFC 9110 sections 13 and 14). */
export type Evaluation =
  | { readonly status: 304 }
  | { readonly status: 412 }
  | { readonly status: 416 }
  | { readonly status: 200 | 206; readonly range: ByteRange };

/**
 * Evaluates If-Match, If-None-Match, If-Range and Range against a representation with a strong entity tag and no date.
 * Ranges are defined for GET only; every other method gets the whole.
 */
export function evaluate(
  method: string,
  headers: IncomingHttpHeaders,
  etag: string,
  size: number,
): Evaluation {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined && !matches(ifMatch, etag, 'strong')) return { status: 412 };
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag, 'weak'))
    return { status: method === 'GET' || method === 'HEAD' ? 304 : 412 };
  const ifRange = headers['if-range'];
  // A date as a validator never matches: we give none out.
  const honoured = method === 'GET' && (ifRange === undefined || ifRange === etag);
  const asked = honoured ? parseRange(headers.range, size) : WHOLE;
  if (asked.kind === 'unsatisfiable') return { status: 416 };
  return asked.kind === 'part'
    ? { status: 206, range: asked.range }
    : { status: 200, range: wholeOf({ size }) };
}

function matches(field: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (field.trim() === '*') return true;
  return field.split(',').some((candidate) => {
    const tag = candidate.trim();
    return tag === etag || (comparison === 'weak' && tag === `W/${etag}`);
  });
}
