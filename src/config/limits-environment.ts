import { MIB, wholeNumber } from './whole-number.decorator.js';

const MINUTE_MS = 60_000;

/** How much the service lets be asked of it, and how long it waits. */
export class LimitsEnvironment {
  @wholeNumber('MIN_RATE_BYTES_PER_S', 'bytes a second', 0, 100 * MIB)
  MIN_RATE_BYTES_PER_S?: number;

  @wholeNumber('MIN_RATE_GRACE_MS', 'milliseconds', 1_000, 60 * MINUTE_MS)
  MIN_RATE_GRACE_MS?: number;

  @wholeNumber('IDLE_TIMEOUT_MS', 'milliseconds', 1_000, 60 * MINUTE_MS)
  IDLE_TIMEOUT_MS?: number;

  @wholeNumber('MAX_STREAMS', 'a number of downloads', 1, 100_000)
  MAX_STREAMS?: number;

  @wholeNumber('MAX_LIVE_LINKS', 'a number of links', 1, 1_000_000)
  MAX_LIVE_LINKS?: number;

  @wholeNumber('BAD_TOKENS_PER_MINUTE', 'a number of requests', 1, 1_000_000)
  BAD_TOKENS_PER_MINUTE?: number;

  @wholeNumber('DRAIN_MS', 'milliseconds', 0, 60 * MINUTE_MS)
  DRAIN_MS?: number;
}
