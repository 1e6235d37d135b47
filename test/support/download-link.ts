import type { DownloadLink, LinkTerms } from '../../src/download-tokens/download-link.js';
import { newLink } from '../../src/download-tokens/rules/index.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** A new link of a 1 MiB file, to be started within 5 minutes of `createdAt`. */
export function linkOf(terms: Partial<LinkTerms> = {}): DownloadLink {
  const createdAt = terms.createdAt ?? 1_000_000;
  return newLink({
    id: 'link-1',
    storageId: 'storage-1',
    file: 'dumps/one.sql.gz',
    decrypt: true,
    sidecar: false,
    createdAt,
    expiresAt: createdAt + 300_000,
    transferWindowMs: 86_400_000,
    size: MIB,
    version: 'v1',
    maxDownloads: 1,
    bind: 'client',
    confirm: 'connection',
    ...terms,
  });
}
