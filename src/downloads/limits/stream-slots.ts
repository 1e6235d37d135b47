import { tooManyStreams } from './limit-refusals.js';

/** Room for so many bodies at the same time. */
export class StreamSlots {
  private taken = 0;

  constructor(private readonly max: number) {}

  get count(): number {
    return this.taken;
  }

  /** @throws ProblemError 503 when there is no place */
  check(): void {
    if (this.taken >= this.max) throw tooManyStreams();
  }

  /** Takes a place. @returns what gives it back, once @throws ProblemError 503 when there is none */
  enter(): () => void {
    this.check();
    this.taken += 1;
    let inside = true;
    return () => {
      if (inside) this.taken -= 1;
      inside = false;
    };
  }
}
