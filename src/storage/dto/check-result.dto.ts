export class CheckResultDto {
  /** Whether the storage can be reached and read as configured. */
  ok!: boolean;

  /**
   * What to change when it cannot.
   * @example "The folder exists and can be read."
   */
  message!: string;

  /**
   * How long the check took, in milliseconds.
   * @example 3
   */
  latencyMs!: number;
}
