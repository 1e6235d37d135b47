import type { DownloadLink, LinkTerms, LinkVerification } from '../download-link.js';

/** A link to which nothing has happened yet. @param verification what must come before its first claim */
export const newLink = (terms: LinkTerms, verification: LinkVerification | null = null): DownloadLink => ({
  ...terms,
  verification,
  used: false,
  usedAt: null,
  finishBy: null,
  ended: null,
  unconfirmedSince: null,
  transfers: [],
  attempts: [],
});
