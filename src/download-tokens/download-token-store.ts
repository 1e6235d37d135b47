import type { DownloadLink } from './download-link.js';

/** What a change makes of a link: `next` is stored when it differs, `result` goes back to the caller. */
export interface Change<T> {
  /** The document to store; the same object: nothing changes. */
  readonly next: DownloadLink;
  readonly result: T;
}

/**
 * Keeps live links, each under the SHA-256 of its token. A store knows no rules: it makes one pure change to one link
 * atomically, whatever else runs at the same time, in this process or another. The rules are `rules/`.
 */
export abstract class DownloadTokenStore {
  /** Adds a link. @throws Error when the hash or the id exists */
  abstract create(hash: string, terms: (now: number) => DownloadLink): Promise<DownloadLink>;

  /** The link as it is now, with the store's time; undefined: unknown. */
  abstract find(hash: string): Promise<{ link: DownloadLink; now: number } | undefined>;

  /**
   * Applies `change` to the link atomically. It may run several times (compare-and-set), so it must be pure.
   * Resolved means durable.
   */
  abstract update<T>(
    hash: string,
    change: (link: DownloadLink, now: number) => Change<T>,
  ): Promise<T | undefined>;

  /** As `update`, by the public id. */
  abstract updateById<T>(
    id: string,
    change: (link: DownloadLink, now: number) => Change<T>,
  ): Promise<T | undefined>;

  /** Removes the links whose `sweepAt` (rules) has come, and returns them. */
  abstract sweep(): Promise<{ links: DownloadLink[]; now: number }>;
}
