import type { ByteRange } from '../../common/byte-source.js';
import type { DownloadLink, LiveAttempt, Transfer } from '../download-link.js';

/** A deadline has come at its very millisecond. */
export const reached = (deadline: number, now: number) => now >= deadline;

/** How many bytes merged ranges hold. */
export const bytesIn = (ranges: readonly ByteRange[]) =>
  ranges.reduce((sum, range) => sum + range.end - range.start, 0);

/** A settled transfer has used its download up, one way or the other. */
export const isSettled = (transfer: Transfer) =>
  transfer.completedAt !== null || transfer.exhaustedAt !== null;

export const attemptsOf = (link: DownloadLink, transfer: Transfer) =>
  link.attempts.filter((attempt) => attempt.transferId === transfer.id);

export const transferOf = (link: DownloadLink, attempt: LiveAttempt) =>
  link.transfers.find((transfer) => transfer.id === attempt.transferId);

export const withTransfer = (link: DownloadLink, changed: Transfer): DownloadLink => ({
  ...link,
  transfers: link.transfers.map((transfer) => (transfer.id === changed.id ? changed : transfer)),
});

export const withAttempt = (link: DownloadLink, changed: LiveAttempt): DownloadLink => ({
  ...link,
  attempts: link.attempts.map((attempt) => (attempt.id === changed.id ? changed : attempt)),
});

export const withoutAttempt = (link: DownloadLink, id: string): DownloadLink => ({
  ...link,
  attempts: link.attempts.filter((attempt) => attempt.id !== id),
});
