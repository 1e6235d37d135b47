import type { Confirmation } from '../claim.js';
import type { DownloadLink, LinkState } from '../download-link.js';
import type { Change } from '../download-token-store.js';
import { USED_KEPT_MS } from './limits.js';
import { current, isFinal, stateOf } from './link-state.js';
import { isOwner } from './ownership.js';
import { isSettled, reached } from './parts.js';
import { complete } from './settle.js';

/** What a link that ended only by its time says of itself when a client had all of it and did not confirm. */
export const UNCONFIRMED = 'delivered, unconfirmed';

/**
 * With `confirm: "digest"`: the client says what it has, and that is right. So it counts whatever the connections told of
 * its attempts, and spends the link. Once more within a minute of use changes nothing.
 */
export function confirmed(stored: DownloadLink, now: number): Change<Confirmation> {
  const link = current(stored, now);
  const state = stateOf(link, now);
  const answer = (outcome: Confirmation['outcome'], next = stored): Change<Confirmation> => ({
    next,
    result: { outcome, state: stateOf(next, now), link: next },
  });
  if (link.confirm !== 'digest') return answer(isFinal(state) ? 'over' : 'not-awaited');
  if (link.usedAt !== null) return answer(reached(link.usedAt + USED_KEPT_MS, now) ? 'over' : 'used');
  if (isFinal(state)) return answer('over');
  const owner = link.transfers.find((transfer) => isOwner(transfer) && !isSettled(transfer));
  return owner ? answer('used', settled(link, owner.id, now)) : answer('not-downloaded');
}

function settled(link: DownloadLink, id: string, now: number): DownloadLink {
  const transfer = link.transfers.find((candidate) => candidate.id === id);
  return transfer ? complete(link, transfer, now) : link;
}

/** Why a link in this state ended, where the state does not say it all. */
export function endReason(link: DownloadLink, state: LinkState): string | null {
  if (link.ended) return link.ended.reason;
  return state === 'expired' && link.unconfirmedSince !== null ? UNCONFIRMED : null;
}
