/** Milliseconds since the Unix epoch. Injected wherever time decides, so that tests set it. */
export interface Clock {
  now(): number;
}

export const CLOCK = Symbol('Clock');

export const systemClock: Clock = { now: () => Date.now() };

/** For durations: never set back or forward. Milliseconds since an arbitrary moment. */
export const monotonicClock: Clock = { now: () => performance.now() };
