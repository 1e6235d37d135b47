import { badRequest } from '../common/problem.js';
import type { DownloadLink, LinkTerms } from './download-link.js';
import { MAX_DOWNLOADS } from './rules/index.js';

export interface GenerateOptions {
  /** How long the link can be started, in ms. Default: `tokenTtlMs` of the module. */
  readonly ttlMs?: number;
  /** Complete downloads until the link is used: 1 (default) to 100. */
  readonly maxDownloads?: number;
  /** Default: `client`. */
  readonly bind?: LinkTerms['bind'];
  /** The file and its sidecar as one tar. Default: false. */
  readonly sidecar?: boolean;
  /** Nobody gets a byte before `markVerified`. Default: false. */
  readonly verifyFirst?: boolean;
  /** Default: `connection`. */
  readonly confirm?: LinkTerms['confirm'];
  /** Bytes of the delivered form. Default: 0, for callers that only count whole deliveries and claim without a range. */
  readonly size?: number;
  /** `ByteSource.version` of the delivered form. */
  readonly version?: string;
}

export interface GeneratedToken {
  /** The only time it is ever seen: 256 bits, base64url. */
  readonly token: string;
  readonly link: DownloadLink;
}

const isCount = (value: number, least: number, most = Number.MAX_SAFE_INTEGER) =>
  Number.isSafeInteger(value) && value >= least && value <= most;

/** @throws ProblemError 400 when the options contradict rule 10 or are no counts */
export function checkGenerateOptions({
  ttlMs,
  maxDownloads = 1,
  bind,
  confirm,
  size,
}: GenerateOptions): void {
  if (ttlMs !== undefined && !isCount(ttlMs, 1, Number.MAX_SAFE_INTEGER / 2))
    throw badRequest('ttlMs must be a whole number of milliseconds, at least 1.');
  if (!isCount(maxDownloads, 1, MAX_DOWNLOADS))
    throw badRequest(`maxDownloads must be a whole number from 1 to ${MAX_DOWNLOADS}.`);
  if (bind === 'none' && maxDownloads > 1)
    throw badRequest('With bind "none" everybody is one client, so maxDownloads must be 1.');
  if (confirm === 'digest' && maxDownloads > 1)
    throw badRequest('With confirm "digest" one confirmation spends the link, so maxDownloads must be 1.');
  if (size !== undefined && !isCount(size, 0)) throw badRequest('size must be a whole number of bytes.');
}
