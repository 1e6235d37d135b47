import type { DownloadLink, LinkTerms } from '../download-link.js';

/** A link to which nothing has happened yet. */
export const newLink = (terms: LinkTerms): DownloadLink => ({
  ...terms,
  used: false,
  usedAt: null,
  finishBy: null,
  ended: null,
  unconfirmedSince: null,
  transfers: [],
  attempts: [],
});
