import type { DownloadLink } from './download-link.js';

/** What a change makes of a link: `next` is stored when it differs, `result` goes back to the caller. */
export interface Change<T> {
  /** The document to store; the same object: nothing changes. */
  readonly next: DownloadLink;
  readonly result: T;
}

/** Runs on the link as it is, at the store's time. Pure, because a store may run it again after a lost race. */
export type LinkChange<T> = (link: DownloadLink, now: number) => Change<T>;

/** A link as it was at `now`, by the store's clock. */
export interface StoredLink {
  readonly link: DownloadLink;
  readonly now: number;
}

/**
 * Keeps live links, each under the SHA-256 of its token. A store knows no rules: it makes one pure change to one link
 * atomically, whatever else runs at the same time, in this process or another. The rules are `rules/`.
 *
 * A method that resolved is durable, as far as the store is durable at all. A store that does not answer throws
 * ProblemError 503 `store-unavailable`; whether the change was made is then unknown, and every rule allows for that.
 */
export abstract class DownloadTokenStore {
  /** Adds a link, made at the store's time. @throws Error when the hash or the id exists */
  abstract create(hash: string, make: (now: number) => DownloadLink): Promise<DownloadLink>;

  /** The link as it is; undefined: unknown. */
  abstract find(hash: string): Promise<StoredLink | undefined>;

  /** As `find`, by the public id. */
  abstract findById(id: string): Promise<StoredLink | undefined>;

  /** Applies `change` to the link atomically; undefined: unknown. What `change` throws reaches the caller. */
  abstract update<T>(hash: string, change: LinkChange<T>): Promise<T | undefined>;

  /** As `update`, by the public id. */
  abstract updateById<T>(id: string, change: LinkChange<T>): Promise<T | undefined>;

  /** How many links it holds, those included that are over and not swept yet. */
  abstract count(): Promise<number>;

  /** Removes the links whose `sweepAt` (rules) has come, and returns each exactly once, over all processes. */
  abstract sweep(): Promise<{ readonly links: readonly DownloadLink[]; readonly now: number }>;
}
