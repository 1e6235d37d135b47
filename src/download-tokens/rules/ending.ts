import type { AttemptVerdict, LinkSnapshot } from '../claim.js';
import type { DownloadLink } from '../download-link.js';
import type { Change } from '../download-token-store.js';
import { current, isFinal, stateOf } from './link-state.js';

/** Ends the link at once, with its attempts; one that is over already stays as it is. */
export function revoked(stored: DownloadLink, reason: string, now: number): Change<LinkSnapshot> {
  const state = stateOf(stored, now);
  if (isFinal(state)) return { next: stored, result: { link: stored, state } };
  const next: DownloadLink = {
    ...current(stored, now),
    ended: { state: 'revoked', reason, at: now },
    attempts: [],
  };
  return { next, result: { link: next, state: 'revoked' } };
}

/** Spends the link at once, all its downloads, whoever runs; for callers that know of no attempts. */
export function spent(stored: DownloadLink, now: number): Change<AttemptVerdict> {
  const state = stateOf(stored, now);
  if (isFinal(state)) return { next: stored, result: { accepted: false, state, link: stored } };
  const next: DownloadLink = { ...current(stored, now), used: true, usedAt: now };
  return { next, result: { accepted: true, state: 'used', link: next } };
}
