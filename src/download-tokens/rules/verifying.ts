import type { LinkSnapshot } from '../claim.js';
import type { DownloadLink, LinkVerification } from '../download-link.js';
import type { Change } from '../download-token-store.js';
import { isFinal, stateOf } from './link-state.js';

/** Rule 5 with `verify: "first"`: whoever verifies keeps the link from expiring, for as long as it says so. */
export const startPostponed = (link: DownloadLink, now: number): Change<LinkSnapshot> =>
  whileVerifying(link, now, (verification) => verification);

/** The content is what it must be: from now on claims are granted, and start-by counts. */
export const verified = (link: DownloadLink, now: number): Change<LinkSnapshot> =>
  whileVerifying(link, now, (verification) => ({ ...verification, state: 'passed' }));

/** A link that is over, or waits for nothing, stays as it is. */
function whileVerifying(
  stored: DownloadLink,
  now: number,
  change: (verification: LinkVerification) => LinkVerification,
): Change<LinkSnapshot> {
  const { verification, expiresAt } = stored;
  const state = stateOf(stored, now);
  if (isFinal(state) || verification?.state !== 'running')
    return { next: stored, result: { link: stored, state } };
  const next = {
    ...stored,
    verification: change(verification),
    expiresAt: Math.max(expiresAt, now + verification.ttlMs),
  };
  return { next, result: { link: next, state } };
}
