import type { ByteSource } from '../common/byte-source.js';

/** What vouches for a content: its authentication tag, its sidecar's checksum, or nothing. */
export type VerifiedBy = 'tag' | 'checksum' | 'none';

export function verifiedBy({
  integrity,
  authenticator,
}: Pick<ByteSource, 'integrity' | 'authenticator'>): VerifiedBy {
  if (integrity === 'none') return 'none';
  return authenticator?.sha256 === undefined ? 'tag' : 'checksum';
}
