import type { Claim, ClaimRequest, Refusal } from '../claim.js';
import type { DownloadLink, LiveAttempt, Transfer } from '../download-link.js';
import type { Change } from '../download-token-store.js';
import { breakOff } from './attempt-end.js';
import { admission } from './admission.js';
import { noteLaterStart, vouchForBroken } from './coverage.js';
import { LEASE_MS, MAX_TRACES } from './limits.js';
import { current, isFinal, stateOf } from './link-state.js';
import { isOwner, takeOwnership } from './ownership.js';
import { attemptsOf } from './parts.js';
import { exhaust } from './settle.js';

/** Ids for what a claim may begin; made beforehand, so that the claim itself stays pure. */
export interface ClaimIds {
  readonly attempt: string;
  readonly transfer: string;
}

/** Who everybody is with `bind: "none"`. */
export const ANYBODY = '*';

/**
 * Rules 1 to 5, 9 and 10: grants an attempt, or says why not. A refusal changes nothing, unless it is the budget that
 * ends here, or a taken over attempt's end that made the link used.
 * @throws RangeError when the range does not lie within the file
 */
export function claim(
  stored: DownloadLink,
  request: ClaimRequest,
  now: number,
  ids: ClaimIds,
): Change<Claim> {
  checkRange(request, stored.size);
  const link = current(stored, now);
  const refuse = (refusal: Refusal, next = stored): Change<Claim> => ({
    next,
    result: { granted: false, refusal, link: next },
  });
  const state = stateOf(link, now);
  if (isFinal(state)) return refuse(state);
  if (link.verification?.state === 'running') return refuse('verifying');
  const asked = { client: link.bind === 'none' ? ANYBODY : request.client, range: request.range };
  const admitted = admission(link, asked, now);
  switch (admitted.kind) {
    case 'refused':
      return refuse(admitted.refusal);
    case 'exhausted':
      return refuse('exhausted', exhaust(link, admitted.transfer, now));
    case 'takes-over':
      return takeOver(stored, link, admitted.stalled, request, now, ids);
    case 'begins':
      return grant(begin(link, asked.client, ids.transfer), ids.transfer, request, now, ids);
    case 'goes-on':
      return grant(link, admitted.transfer.id, request, now, ids);
  }
}

function checkRange({ range }: ClaimRequest, size: number): void {
  const { start, end } = range;
  const valid = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end <= size;
  if (!valid || start > end || (start === end && size > 0))
    throw new RangeError('The range does not lie within the file');
}

/** Rule 2: the stalled attempt ends first, then the claim is judged anew. */
function takeOver(
  stored: DownloadLink,
  link: DownloadLink,
  stalled: LiveAttempt,
  request: ClaimRequest,
  now: number,
  ids: ClaimIds,
): Change<Claim> {
  const freed = breakOff(link, stalled, now);
  const { next, result } = claim(freed, request, now, ids);
  if (result.granted) return { next, result: { ...result, displaced: [stalled.id, ...result.displaced] } };
  return next === freed && !isFinal(stateOf(freed, now)) ? { next: stored, result } : { next, result };
}

/** A new transfer. Of those that were begun and left again before they owned anything, the oldest make way. */
function begin(link: DownloadLink, client: string, id: string): DownloadLink {
  const isTrace = (transfer: Transfer) => !isOwner(transfer) && attemptsOf(link, transfer).length === 0;
  const forgotten = link.transfers.filter((transfer) => isTrace(transfer) && transfer.client === client);
  const traces = link.transfers.filter((transfer) => isTrace(transfer) && transfer.client !== client);
  const dropped = new Set([...forgotten, ...traces.slice(0, -MAX_TRACES)]);
  const transfer: Transfer = {
    id,
    client,
    coverage: [],
    sent: [],
    broken: [],
    attempts: 0,
    bytesSent: 0,
    resent: 0,
    ownedAt: null,
    completedAt: null,
    exhaustedAt: null,
    notes: [],
  };
  return { ...link, transfers: [...link.transfers.filter((other) => !dropped.has(other)), transfer] };
}

function grant(
  link: DownloadLink,
  transferId: string,
  { range }: ClaimRequest,
  now: number,
  ids: ClaimIds,
): Change<Claim> {
  const attempt: LiveAttempt = {
    id: ids.attempt,
    transferId,
    range,
    whole: range.start === 0 && range.end === link.size,
    startedAt: now,
    sent: 0,
    progressAt: now,
    leaseUntil: now + LEASE_MS,
    laterStarts: [],
  };
  const begun = (transfer: Transfer) =>
    transfer.id === transferId
      ? { ...vouchForBroken(transfer, range.start), attempts: transfer.attempts + 1 }
      : transfer;
  const beside = (other: LiveAttempt) =>
    other.transferId === transferId ? noteLaterStart(other, range.start) : other;
  const granted = {
    ...link,
    transfers: link.transfers.map(begun),
    attempts: [...link.attempts.map(beside), attempt],
  };
  // Of an empty file everything is sent already.
  const next = takeOwnership(granted, transferId, now);
  return { next, result: { granted: true, link: next, attempt, displaced: [] } };
}
