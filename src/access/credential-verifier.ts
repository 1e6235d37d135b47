import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../common/principal.js';

/** One way to prove who is asking. Each knows its own credential and passes on every other. */
export interface CredentialVerifier {
  /** The principal behind the request's credential; undefined: this is none of mine, or it is not valid. */
  verify(headers: IncomingHttpHeaders): Promise<Principal | undefined>;
}

/** Injects the `CredentialVerifier[]` in the order they are asked. */
export const CREDENTIAL_VERIFIERS = Symbol('CredentialVerifiers');
