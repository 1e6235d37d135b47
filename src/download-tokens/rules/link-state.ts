import type { DownloadLink, LinkState } from '../download-link.js';
import { breakOff } from './attempt-end.js';
import { USED_KEPT_MS } from './limits.js';
import { isOwner } from './ownership.js';
import { isSettled, reached } from './parts.js';

/**
 * The link with every attempt broken off whose lease has run out by now, each at that moment: so it makes no
 * difference when somebody next looks.
 */
export function current(link: DownloadLink, now: number): DownloadLink {
  return link.attempts
    .filter((attempt) => reached(attempt.leaseUntil, now))
    .sort((a, b) => a.leaseUntil - b.leaseUntil)
    .reduce((changed, attempt) => breakOff(changed, attempt, attempt.leaseUntil), link);
}

/** The link's state at a time. */
export function stateOf(link: DownloadLink, now: number): LinkState {
  const { used, ended, finishBy, attempts, transfers, expiresAt } = current(link, now);
  if (used) return 'used';
  if (ended) return ended.state;
  if (finishBy !== null && reached(finishBy, now)) return 'expired';
  if (attempts.length > 0) return 'active';
  const mayGoOn = transfers.some((transfer) => isOwner(transfer) && !isSettled(transfer));
  return mayGoOn || !reached(expiresAt, now) ? 'available' : 'expired';
}

/** No claim of a link in this state is ever granted again. */
export function isFinal(state: LinkState): state is Exclude<LinkState, 'available' | 'active'> {
  return state !== 'available' && state !== 'active';
}

/** Rule 12: when the sweep may remove the link, if nothing else happens to it. */
export function sweepAt(link: DownloadLink): number {
  const { usedAt, finishBy, expiresAt } = current(link, Infinity);
  const due = usedAt === null ? (finishBy ?? expiresAt) : usedAt + USED_KEPT_MS;
  return Math.max(due, ...link.attempts.map((attempt) => attempt.leaseUntil));
}
