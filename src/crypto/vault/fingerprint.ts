import { createHash } from 'node:crypto';

/**
 * 16 hex digits that tell keys apart for people: the start of a domain-separated SHA-256. Of a random 256-bit key it
 * gives nothing away, and it confirms a whole guess only, which nobody can make.
 */
export function fingerprintOf(material: Uint8Array): string {
  return createHash('sha256')
    .update('drawbridge/key-fingerprint/1\0')
    .update(material)
    .digest('hex')
    .slice(0, 16);
}
