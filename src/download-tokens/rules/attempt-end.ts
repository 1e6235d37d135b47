import type { DownloadLink, LiveAttempt } from '../download-link.js';
import { cover, coverBroken } from './coverage.js';
import { takeOwnership } from './ownership.js';
import { isSettled, reached, transferOf, withAttempt, withoutAttempt, withTransfer } from './parts.js';
import { bookSent, raiseSent } from './sending.js';
import { allDelivered, checkBudget, isComplete } from './settle.js';

/** Nothing that happens to an attempt counts any more: the link ended, or its finish-by has come (rules 6 and 8). */
export const isOver = (link: DownloadLink, at: number) =>
  link.used || link.ended !== null || (link.finishBy !== null && reached(link.finishBy, at));

/** Whether the attempt's end can still change anything but the list of live attempts. */
export function counts(link: DownloadLink, attempt: LiveAttempt, at: number): boolean {
  const transfer = transferOf(link, attempt);
  return transfer !== undefined && !isSettled(transfer) && !isOver(link, at);
}

/** Books that `sent` bytes of the attempt are sent by now; that may make its transfer the owner. */
export function book(link: DownloadLink, attempt: LiveAttempt, sent: number, at: number): DownloadLink {
  const transfer = transferOf(link, attempt);
  if (!transfer) return link;
  const raised = raiseSent(attempt, sent);
  const booked = withTransfer(withAttempt(link, raised), bookSent(transfer, attempt, raised));
  return counts(link, attempt, at) ? takeOwnership(booked, transfer.id, at) : booked;
}

/** The attempt is over, and not delivered: given back, taken over, or its lease has run out. */
export function breakOff(link: DownloadLink, attempt: LiveAttempt, at: number): DownloadLink {
  const rest = withoutAttempt(link, attempt.id);
  const transfer = transferOf(link, attempt);
  if (!transfer || !counts(link, attempt, at)) return rest;
  const covered = coverBroken(transfer, attempt);
  if (isComplete(covered, link.size)) return allDelivered(rest, covered, at);
  return checkBudget(withTransfer(rest, covered), covered.id, at);
}

/** The attempt is over, and all of its range is delivered. */
export function deliver(link: DownloadLink, attempt: LiveAttempt, at: number): DownloadLink {
  const booked = book(link, attempt, attempt.range.end - attempt.range.start, at);
  const rest = withoutAttempt(booked, attempt.id);
  const transfer = transferOf(booked, attempt);
  if (!transfer || !counts(link, attempt, at)) return rest;
  const covered = cover(transfer, [attempt.range]);
  if (link.size === 0 || isComplete(covered, link.size)) return allDelivered(rest, covered, at);
  return checkBudget(withTransfer(rest, covered), covered.id, at);
}
