/** A configured backend, as everybody but its adapter sees it. Times are milliseconds since the epoch. */
export interface Storage {
  readonly id: string;
  /** Unique. */
  readonly name: string;
  /** The kind of its adapter. */
  readonly adapter: string;
  /** Without secrets. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  /** Grows with every change. */
  readonly updatedAt: number;
}
