import type { ClaimRequest, Refusal } from '../claim.js';
import type { DownloadLink, LiveAttempt, Transfer } from '../download-link.js';
import { MAX_ATTEMPTS, MAX_LIVE_ATTEMPTS, STALL_MS } from './limits.js';
import { downloadsTaken, isOwner } from './ownership.js';
import { attemptsOf, isSettled, reached } from './parts.js';

/** What a claim of a link that is not over meets. */
export type Admission =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The transfer's attempts are used up (rule 9), and none lives that could still complete it. */
  | { readonly kind: 'exhausted'; readonly transfer: Transfer }
  /** Rule 2: once this attempt is broken off, the claim is to be judged again. */
  | { readonly kind: 'takes-over'; readonly stalled: LiveAttempt }
  | { readonly kind: 'begins' }
  | { readonly kind: 'goes-on'; readonly transfer: Transfer };

const refused = (refusal: Refusal): Admission => ({ kind: 'refused', refusal });

/** Judges a claim; `client` is already `*` where everybody is one client. Changes nothing. */
export function admission(link: DownloadLink, { client, range }: ClaimRequest, now: number): Admission {
  const whole = range.start === 0 && range.end === link.size;
  const earlier = link.transfers.filter((transfer) => transfer.client === client);
  const own = earlier.find((transfer) => !isSettled(transfer));
  const settled = own ? undefined : earlier.at(-1);
  // Rule 10: after a complete download only a whole GET begins another; a spent budget stays spent.
  if (settled) {
    if (settled.exhaustedAt !== null) return refused('exhausted');
    if (!whole) return refused('used');
  }
  // Rule 5.
  if (!(own && isOwner(own)) && reached(link.expiresAt, now)) return refused('expired');
  // Rules 1 and 3.
  if (downloadsTaken(link, own) >= link.maxDownloads) return refused('busy');
  return own ? continuation(link, own, whole, now) : { kind: 'begins' };
}

function continuation(link: DownloadLink, own: Transfer, whole: boolean, now: number): Admission {
  const live = attemptsOf(link, own);
  const rival = whole ? live.find((attempt) => attempt.whole) : undefined;
  if (rival)
    return reached(rival.progressAt + STALL_MS, now)
      ? { kind: 'takes-over', stalled: rival }
      : refused('busy');
  if (live.length >= MAX_LIVE_ATTEMPTS) return refused('busy');
  if (own.attempts < MAX_ATTEMPTS) return { kind: 'goes-on', transfer: own };
  if (live.length > 0) return refused('busy');
  // Rule 4: a transfer that owns nothing spends nothing that lasts, so it starts again from nothing.
  return isOwner(own) ? { kind: 'exhausted', transfer: own } : { kind: 'begins' };
}
