import type { ByteRange } from './byte-source.js';

/** What a Range header asks of a body of a known size (RFC 9110 section 14.2). */
export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

const WHOLE: RangeRequest = { kind: 'whole' };
const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * Reads a Range header. One range (also a suffix) is honoured; several, other units and malformed ones are
 * ignored, as the RFC allows; one that starts past the end is unsatisfiable.
 */
export function parseRange(header: string | undefined, size: number): RangeRequest {
  const match = header === undefined ? null : ONE_RANGE.exec(header);
  if (!match) return WHOLE;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return WHOLE;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0
      ? { kind: 'unsatisfiable' }
      : { kind: 'part', range: { start: size - length, end: size } };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return WHOLE;
  return start >= size ? { kind: 'unsatisfiable' } : { kind: 'part', range: { start, end } };
}

/** The stretches of `within` that no range of `covered` touches, in order. */
export function gapsIn(within: ByteRange, covered: readonly ByteRange[]): ByteRange[] {
  const gaps: ByteRange[] = [];
  let position = within.start;
  for (const range of [...covered].sort((a, b) => a.start - b.start)) {
    if (range.start > position) gaps.push({ start: position, end: Math.min(range.start, within.end) });
    position = Math.max(position, range.end);
    if (position >= within.end) break;
  }
  if (position < within.end) gaps.push({ start: position, end: within.end });
  return gaps.filter((gap) => gap.start < gap.end);
}

/** The union of ranges, sorted, with touching ones joined and empty ones dropped. */
export function mergeRanges(ranges: readonly ByteRange[]): ByteRange[] {
  const merged: ByteRange[] = [];
  for (const range of ranges.filter((r) => r.start < r.end).sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end)
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else merged.push({ start: range.start, end: range.end });
  }
  return merged;
}
