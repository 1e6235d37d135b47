import type { ByteRange } from '../../common/byte-source.js';
import { contentDisposition } from './content-disposition.js';
import { reprDigest } from './repr-digest.js';

/** On every answer of the public endpoint, whatever its status: nobody stores it, guesses at it or tells where it came from. */
export const PUBLIC_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store, private, no-transform',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': 'sandbox',
  'X-Robots-Tag': 'noindex',
};

export interface BodyDescription {
  readonly fileName: string;
  readonly etag: string;
  /** Bytes of the whole representation. */
  readonly size: number;
  /** What of it this body holds. */
  readonly range: ByteRange;
  readonly status: 200 | 206;
  /** Hex SHA-256 of the whole representation, when known. */
  readonly sha256?: string | undefined;
}

/** The headers of a body, and of HEAD's answer in its place. `Content-Length` always: an end without it proves nothing. */
export function bodyHeaders(body: BodyDescription): Record<string, string> {
  const { start, end } = body.range;
  return {
    ...PUBLIC_HEADERS,
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(end - start),
    'Content-Disposition': contentDisposition(body.fileName),
    'Accept-Ranges': 'bytes',
    ETag: body.etag,
    // nginx would take megabytes off us that the client never gets, and write plaintext to its disk.
    'X-Accel-Buffering': 'no',
    ...(body.sha256 === undefined ? {} : { 'Repr-Digest': reprDigest(body.sha256) }),
    ...(body.status === 206 ? { 'Content-Range': `bytes ${start}-${end - 1}/${body.size}` } : {}),
  };
}
