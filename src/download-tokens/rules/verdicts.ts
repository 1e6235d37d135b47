import type { AttemptProgress, AttemptVerdict } from '../claim.js';
import type { DownloadLink, LiveAttempt } from '../download-link.js';
import type { Change } from '../download-token-store.js';
import { book, breakOff, counts, deliver } from './attempt-end.js';
import { LEASE_MS } from './limits.js';
import { current, isFinal, stateOf } from './link-state.js';
import { isSettled, transferOf, withAttempt, withoutAttempt, withTransfer } from './parts.js';
import { checkBudget } from './settle.js';

/** Rule 11: the attempt runs on; its lease starts anew, and what it was sent so far is booked. */
export function renew(
  stored: DownloadLink,
  attemptId: string,
  progress: AttemptProgress,
  now: number,
): Change<AttemptVerdict> {
  return judge(stored, attemptId, now, (link, attempt) => {
    const state = stateOf(link, now);
    if (isFinal(state) && state !== 'used') return { next: link, accepted: false };
    const renewed = {
      ...attempt,
      leaseUntil: now + LEASE_MS,
      progressAt: progress.advanced ? now : attempt.progressAt,
    };
    const booked = book(withAttempt(link, renewed), renewed, progress.sent, now);
    const checked = counts(link, attempt, now) ? checkBudget(booked, attempt.transferId, now) : booked;
    if (!isExhausted(checked, attempt)) return { next: checked, accepted: true };
    return { next: withoutAttempt(checked, attemptId), accepted: false };
  });
}

/** The attempt's whole range is delivered. */
export function delivered(
  stored: DownloadLink,
  attemptId: string,
  now: number,
  note?: string,
): Change<AttemptVerdict> {
  return judge(stored, attemptId, now, (link, attempt) => ({
    next: withNote(deliver(link, attempt, now), attempt, note),
    accepted: counts(link, attempt, now),
  }));
}

/** The attempt failed; the link is given back. Without `progress` what was last reported counts as sent. */
export function released(
  stored: DownloadLink,
  attemptId: string,
  progress: AttemptProgress | undefined,
  now: number,
): Change<AttemptVerdict> {
  return judge(stored, attemptId, now, (link, attempt) => {
    const booked = book(link, attempt, progress?.sent ?? 0, now);
    const ended = booked.attempts.find((other) => other.id === attemptId) ?? attempt;
    const next = withNote(breakOff(booked, ended, now), attempt, progress?.note);
    return { next, accepted: counts(link, attempt, now) };
  });
}

/** A settled transfer has no later attempts that a note could be for. */
function withNote(link: DownloadLink, attempt: LiveAttempt, note: string | undefined): DownloadLink {
  const transfer = transferOf(link, attempt);
  if (!transfer) return link;
  if (isSettled(transfer))
    return transfer.notes.length > 0 ? withTransfer(link, { ...transfer, notes: [] }) : link;
  return note === undefined ? link : withTransfer(link, { ...transfer, notes: [...transfer.notes, note] });
}

const isExhausted = (link: DownloadLink, attempt: LiveAttempt) =>
  (transferOf(link, attempt)?.exhaustedAt ?? null) !== null;

/** The fence of rule 11: without a lease nothing changes. */
function judge(
  stored: DownloadLink,
  attemptId: string,
  now: number,
  change: (link: DownloadLink, attempt: LiveAttempt) => { next: DownloadLink; accepted: boolean },
): Change<AttemptVerdict> {
  const link = current(stored, now);
  const attempt = link.attempts.find((candidate) => candidate.id === attemptId);
  if (!attempt)
    return { next: stored, result: { accepted: false, state: stateOf(stored, now), link: stored } };
  const { next, accepted } = change(link, attempt);
  const state = isExhausted(next, attempt) ? 'exhausted' : stateOf(next, now);
  return { next, result: { accepted, state, link: next } };
}
