import type { AttemptDto, LinkDto, TransferDto } from './links.dto.js';
import type { AttemptRow, LinkRow } from './links.service.js';

const iso = (time: number) => new Date(time).toISOString();
const isoOrNull = (time: number | null) => (time === null ? null : iso(time));

export function linkDto(row: LinkRow): LinkDto {
  return {
    id: row.id,
    state: row.state,
    reason: row.reason,
    storageId: row.storage_id,
    file: row.file,
    fileName: row.file_name,
    size: row.size,
    decrypt: row.decrypt === 1,
    encrypted: row.encrypted === 1,
    maxDownloads: row.max_downloads,
    confirm: row.confirm,
    sidecar: row.sidecar === 1,
    // A link that ended while it was verified will never know.
    verification: row.ended_at !== null && row.verification === 'running' ? null : row.verification,
    issuer: { kind: row.issuer_kind, id: row.issuer_id },
    createdAt: iso(row.created_at),
    expiresAt: iso(row.expires_at),
    finishBy: isoOrNull(row.finish_by),
    endedAt: isoOrNull(row.ended_at),
  };
}

/** Attempts in order, gathered by the transfer they belong to. */
export function transferDtos(attempts: readonly AttemptRow[]): TransferDto[] {
  const byTransfer = Map.groupBy(attempts, (attempt) => attempt.transfer_id);
  return [...byTransfer].map(([id, rows]) => ({
    id,
    client: rows[0]?.client ?? '',
    attempts: rows.map(attemptDto),
  }));
}

function attemptDto(row: AttemptRow): AttemptDto {
  return {
    id: row.id,
    range: { start: row.range_start, end: row.range_end },
    userAgent: row.user_agent,
    startedAt: iso(row.started_at),
    endedAt: isoOrNull(row.ended_at),
    bytesSent: row.bytes_sent,
    outcome: row.outcome,
    reason: row.reason,
  };
}
