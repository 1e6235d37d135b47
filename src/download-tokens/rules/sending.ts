import { gapsIn, mergeRanges } from '../../common/byte-ranges.js';
import type { LiveAttempt, Transfer } from '../download-link.js';
import { RESENT_BYTES, RESENT_SIZES } from './limits.js';
import { bytesIn } from './parts.js';

/** The attempt with its count of sent bytes raised to `sent`; reports may repeat, but never go back or past the range. */
export function raiseSent(attempt: LiveAttempt, sent: number): LiveAttempt {
  const length = attempt.range.end - attempt.range.start;
  return { ...attempt, sent: Math.min(Math.max(sent, attempt.sent), length) };
}

/** Books what was sent between two looks at the same attempt. */
export function bookSent(transfer: Transfer, before: LiveAttempt, after: LiveAttempt): Transfer {
  const stretch = { start: before.range.start + before.sent, end: before.range.start + after.sent };
  const bytes = stretch.end - stretch.start;
  if (bytes === 0) return transfer;
  return {
    ...transfer,
    sent: mergeRanges([...transfer.sent, stretch]),
    bytesSent: transfer.bytesSent + bytes,
    resent: transfer.resent + bytes - bytesIn(gapsIn(stretch, transfer.sent)),
  };
}

/** Rule 9, in bytes. */
export const isOverBudget = (transfer: Transfer, size: number) =>
  transfer.resent > RESENT_SIZES * size + RESENT_BYTES;
