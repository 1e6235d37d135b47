/**
 * What the connection told about a body after it was handed to the kernel (RFC 9112 section 9.6 and the TCP facts in
 * docs/decisions on delivery).
 */
export type Verdict =
  | { readonly delivered: true; readonly by: 'fin' | 'next-request' | 'silence' }
  | { readonly delivered: false; readonly reason: 'reset' | 'closed' };

/** All that the verdict rests on, at one moment. */
export interface ConnectionFacts {
  /** Whether the peer's kernel has acknowledged every byte we sent; undefined: cannot be known here. */
  readonly acknowledged: boolean | undefined;
  /** When the peer's FIN came, seen from our body. */
  readonly peerEnded: 'no' | 'before-flush' | 'after-flush';
  readonly nextRequest: boolean;
  readonly closed: 'no' | 'clean' | 'error';
  /** How long everything has been acknowledged (or, where that is unknown, flushed) without a sign, in ms. */
  readonly silentFor: number;
  /** How long the silence must last. */
  readonly grace: number;
}

/** The verdict, or undefined while it is still open. */
export function judge(facts: ConnectionFacts): Verdict | undefined {
  if (facts.closed === 'error') return { delivered: false, reason: 'reset' };
  const acknowledged = facts.acknowledged === true;
  if (acknowledged && facts.peerEnded === 'after-flush') return { delivered: true, by: 'fin' };
  if (facts.closed === 'clean') return { delivered: false, reason: 'closed' };
  // Who asks for something else has read the answer; where acknowledgements are unknown that must do.
  if (facts.acknowledged !== false && facts.nextRequest) return { delivered: true, by: 'next-request' };
  // Unknown, a FIN proves nothing: a killed client sends one too, and what we sent may still wait in our kernel.
  if (facts.acknowledged !== false && facts.silentFor >= facts.grace)
    return { delivered: true, by: 'silence' };
  return undefined;
}
