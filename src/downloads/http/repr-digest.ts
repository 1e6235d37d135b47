/** RFC 9530: the digest of the whole representation, whatever range of it a body holds. @param sha256 hex */
export const reprDigest = (sha256: string) => `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
