import type { DownloadLink, Transfer } from '../download-link.js';
import { OWNERSHIP_BYTES } from './limits.js';
import { attemptsOf, bytesIn, isSettled } from './parts.js';

export const isOwner = (transfer: Transfer) => transfer.ownedAt !== null;

/** How many downloads of the link are taken by others than `own`: settled, or kept by a live attempt (rules 3 and 10). */
export function downloadsTaken(link: DownloadLink, own: Transfer | undefined): number {
  return link.transfers.filter(
    (transfer) => transfer.id !== own?.id && (isSettled(transfer) || attemptsOf(link, transfer).length > 0),
  ).length;
}

/**
 * Rules 4 to 6: the transfer owns the link once it was sent enough, and the first owner starts the window. It may take
 * an idle owner's place, whose coverage is forgotten. A claim is granted only while a download is left beside the
 * settled and the live ones, so a transfer with a live attempt always finds a place.
 */
export function takeOwnership(link: DownloadLink, id: string, at: number): DownloadLink {
  const transfer = link.transfers.find((candidate) => candidate.id === id);
  if (!transfer || isOwner(transfer) || bytesIn(transfer.sent) < Math.min(link.size, OWNERSHIP_BYTES))
    return link;
  const owners = link.transfers.filter(isOwner);
  const replaced =
    owners.length < link.maxDownloads
      ? undefined
      : owners.find((owner) => !isSettled(owner) && attemptsOf(link, owner).length === 0);
  return {
    ...link,
    finishBy: link.finishBy ?? at + link.transferWindowMs,
    transfers: link.transfers
      .filter((candidate) => candidate !== replaced)
      .map((candidate) => (candidate === transfer ? { ...transfer, ownedAt: at } : candidate)),
  };
}
