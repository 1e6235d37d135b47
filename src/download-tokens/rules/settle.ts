import type { DownloadLink, Transfer } from '../download-link.js';
import { bytesIn, isSettled, withTransfer } from './parts.js';
import { isOverBudget } from './sending.js';

/** Rule 8: every byte is delivered. An empty file has none to count: only a delivered attempt completes it. */
export const isComplete = (transfer: Transfer, size: number) =>
  size > 0 && bytesIn(transfer.coverage) === size;

/** What follows once the transfer's coverage is complete: it is settled, or waits for its client to confirm. */
export function allDelivered(link: DownloadLink, transfer: Transfer, at: number): DownloadLink {
  if (link.confirm === 'connection') return complete(link, transfer, at);
  const waiting = { ...withTransfer(link, transfer), unconfirmedSince: link.unconfirmedSince ?? at };
  return checkBudget(waiting, transfer.id, at);
}

export const complete = (link: DownloadLink, transfer: Transfer, at: number): DownloadLink =>
  conclude(withTransfer(link, { ...transfer, completedAt: at }), at);

/** The transfer's budget is spent (rule 9). It keeps the download it owns; its attempts hear of it at their next report. */
export const exhaust = (link: DownloadLink, transfer: Transfer, at: number): DownloadLink =>
  conclude(withTransfer(link, { ...transfer, exhaustedAt: at }), at);

/** Ends the transfer when its budget of bytes is spent. Only an owner can have been sent so much. */
export function checkBudget(link: DownloadLink, id: string, at: number): DownloadLink {
  const transfer = link.transfers.find((candidate) => candidate.id === id);
  if (!transfer || isSettled(transfer) || !isOverBudget(transfer, link.size)) return link;
  return exhaust(link, transfer, at);
}

/** Ends the link when its last download is settled: `used` when all are complete. */
function conclude(link: DownloadLink, at: number): DownloadLink {
  const settled = link.transfers.filter(isSettled);
  if (settled.length < link.maxDownloads) return link;
  if (settled.every((transfer) => transfer.completedAt !== null)) return { ...link, used: true, usedAt: at };
  return { ...link, ended: { state: 'exhausted', reason: 'budget', at }, attempts: [] };
}
