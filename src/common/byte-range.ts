/** A half-open stretch of bytes: `start` belongs to it, `end` does not. `0 <= start <= end <= size`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
