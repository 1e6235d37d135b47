import { createHash } from 'node:crypto';
import type { DownloadLink } from '../../download-tokens/download-link.js';

/**
 * The strong entity tag of what a link delivers: the same for every link to the same content, so that a download
 * begun on one link can go on on another. Hashed, since versions are made of inodes and times.
 */
export function entityTag(
  link: Pick<DownloadLink, 'storageId' | 'file' | 'decrypt' | 'version' | 'size'>,
): string {
  const facts = JSON.stringify([link.storageId, link.file, link.decrypt, link.version, link.size]);
  return `"${createHash('sha256').update(facts).digest('base64url').slice(0, 27)}"`;
}
