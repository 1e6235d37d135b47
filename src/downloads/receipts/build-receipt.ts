import { mergeRanges } from '../../common/byte-ranges.js';
import type { AttemptRow, LinkRow } from '../links/links.service.js';
import type { ReceiptClientDto, ReceiptDto, VerifiedBy } from './receipt.dto.js';
import { isDelivered, whyOf } from './why.js';

/**
 * A link's record, summed up.
 * @param attempts in the order in which they began
 * @param sha256 of the content, where it is known
 */
export function buildReceipt(
  link: LinkRow,
  attempts: readonly AttemptRow[],
  sha256: string | undefined,
): ReceiptDto {
  const startedAt = attempts[0]?.started_at ?? null;
  const finishedAt = link.state === 'active' ? null : lastEnd(attempts);
  return {
    id: link.id,
    state: link.state,
    delivered: isDelivered(link),
    why: whyOf(link, attempts),
    file: link.file,
    fileName: link.file_name,
    size: link.size,
    sha256: link.sha256 ?? sha256 ?? null,
    verifiedBy: verifiedBy(link),
    clients: clientsOf(attempts),
    attempts: attempts.length,
    ranges: mergeRanges(
      attempts.map(({ range_start: start, bytes_sent: sent }) => ({ start, end: start + sent })),
    ).map(({ start, end }) => ({ start, end })),
    bytesSent: attempts.reduce((sum, attempt) => sum + attempt.bytes_sent, 0),
    startedAt: iso(startedAt),
    finishedAt: iso(finishedAt),
    durationMs: startedAt === null || finishedAt === null ? null : finishedAt - startedAt,
    confirmedAt: iso(link.confirmed_at),
  };
}

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());

/** An attempt that died with its process has no end. */
function lastEnd(attempts: readonly AttemptRow[]): number | null {
  const ends = attempts.flatMap(({ ended_at }) => ended_at ?? []);
  return ends.length === 0 ? null : Math.max(...ends);
}

function verifiedBy(link: LinkRow): VerifiedBy {
  if (link.confirmed_at !== null) return 'client-digest';
  if (link.integrity === null || link.integrity === 'none') return 'none';
  return link.decrypt === 1 && link.encrypted === 1 ? 'tag' : 'checksum';
}

function clientsOf(attempts: readonly AttemptRow[]): ReceiptClientDto[] {
  const clients = attempts.map(({ client, user_agent }) => ({ address: client, userAgent: user_agent }));
  return [...new Map(clients.map((client) => [JSON.stringify(client), client])).values()];
}
