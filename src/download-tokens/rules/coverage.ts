import { gapsIn, mergeRanges } from '../../common/byte-ranges.js';
import type { ByteRange } from '../../common/byte-source.js';
import type { LiveAttempt, Transfer } from '../download-link.js';
import { bytesIn } from './parts.js';

/*
 * Rule 7. An attempt judged delivered counts its range. A broken one counts up to the start of a later range that lies
 * within what it was sent: who resumes at n has everything before n. A range starts below size, so the last byte never
 * counts this way.
 */

/** These stretches are delivered. */
export function cover(transfer: Transfer, ranges: readonly ByteRange[]): Transfer {
  const coverage = mergeRanges([...transfer.coverage, ...ranges]);
  if (bytesIn(coverage) === bytesIn(transfer.coverage)) return transfer;
  const open = (stretch: ByteRange) => gapsIn(stretch, coverage).length > 0;
  return { ...transfer, coverage, broken: transfer.broken.filter(open), resent: 0 };
}

/** A range of the transfer starts at `start`: it vouches for the attempts that broke before it. */
export function vouchForBroken(transfer: Transfer, start: number): Transfer {
  return cover(transfer, upTo(start, transfer.broken));
}

const upTo = (start: number, broken: readonly ByteRange[]) =>
  broken
    .filter((stretch) => stretch.start < start && start <= stretch.end)
    .map((stretch) => ({ start: stretch.start, end: start }));

/**
 * A range of the transfer starts at `start` beside a live attempt, which may be dead already without our knowing.
 * Only a start inside its range can be a resume: one at its very end is the next piece of a parallel download, and
 * says nothing about this one.
 */
export function noteLaterStart(attempt: LiveAttempt, start: number): LiveAttempt {
  const inside = attempt.range.start < start && start < attempt.range.end;
  if (!inside || attempt.laterStarts.includes(start)) return attempt;
  return { ...attempt, laterStarts: [...attempt.laterStarts, start] };
}

/** The attempt broke: what starts noted during its life vouch for counts now, the rest waits for later ones. */
export function coverBroken(transfer: Transfer, attempt: LiveAttempt): Transfer {
  const stretch = { start: attempt.range.start, end: attempt.range.start + attempt.sent };
  const vouched = attempt.laterStarts.flatMap((start) => upTo(start, [stretch]));
  const covered = cover(transfer, vouched);
  if (gapsIn(stretch, covered.coverage).length === 0) return covered;
  return { ...covered, broken: [...covered.broken, stretch] };
}
