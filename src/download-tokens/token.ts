import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits, base64url. */
export const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');

/** What stores know a token by; undefined: it has not the form of a token, so nobody ever got it from us. */
export function hashToken(token: string): string | undefined {
  return TOKEN_FORM.test(token) ? createHash('sha256').update(token).digest('hex') : undefined;
}
