import type { ByteSource } from '../common/byte-source.js';

export interface FileStat {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since the epoch; null where the backend does not say. */
  readonly modifiedAt: number | null;
  /** Opaque; changes when the content changes. Tells nothing about the server's disk. */
  readonly version: string;
}

export interface StorageEntry {
  /** The last segment of `path`. */
  readonly name: string;
  /** What `stat`, `source` and `list` take. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** In bytes; null for folders. */
  readonly size: number | null;
  /** Milliseconds since the epoch; null where the backend does not say. */
  readonly modifiedAt: number | null;
}

export interface ListQuery {
  /** Entries a page holds at most; at least 1. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /**
   * Names of files that the caller does not want. They are left out before the page is counted and before they cost a
   * look at the file, so that a page is full and a folder half of sidecars costs no more than one without. Folders stay.
   */
  readonly skipFile?: ((name: string) => boolean) | undefined;
}

export interface StorageListing {
  /** In code point order of their names, folders among the files. */
  readonly entries: readonly StorageEntry[];
  /** Null exactly on the last page. */
  readonly nextCursor: string | null;
}

export interface CheckResult {
  readonly ok: boolean;
  /** What to change when `ok` is false. Names fields of the config, never their values. */
  readonly message: string;
}

/**
 * One backend, seen as a tree of read-only files. Everybody above knows only this; `test/contract` proves it per kind.
 *
 * - **Paths** are relative to the storage's root and spelled in exactly one way. Each method refuses what
 *   `checkStoragePath` refuses, so no caller can forget to. Nothing outside the root is ever opened; what lies there
 *   does not exist.
 * - **Errors** are {@link StorageError}s; the caller decides what a client reads of them.
 * - **Pinned content.** `source` fixes size and version; a read of it yields that content or throws `changed`, never a
 *   mixture of two files. It holds nothing open, so it may be kept; each `open` costs what a first one does.
 * - **No silent end.** A read yields exactly the bytes of its range or throws, and its last chunk comes only after the
 *   version was compared once more: whoever has all bytes has right ones.
 * - **Back-pressure.** At most one chunk is read ahead of the consumer. Leaving the loop or aborting the signal, also
 *   while the consumer holds a chunk, frees the handle or connection within a second.
 * - **Time.** Every wait for the backend is bounded by `idleTimeoutMs` of its context; then it is `unreachable`.
 * - **Lists** resume after a name (the cursor hides it), so a page is stable while others come and go. Entries that
 *   no path can address (not UTF-8, control characters, backslashes) or that are neither file nor folder are left out.
 *
 * Constructors connect to nothing and load no library; the first call that needs one does.
 */
export abstract class StorageAdapter {
  /** @throws StorageError `not-found`, also when the path leaves the root; `not-a-file` for folders and devices */
  abstract stat(path: string): Promise<FileStat>;

  /** As {@link stat}; its `size` and `version` are those of the source. `integrity` is `none`. */
  abstract source(path: string): Promise<ByteSource>;

  /**
   * One folder's entries, not those below them.
   * @param folder a path, or the empty string for the root
   * @throws StorageError `not-found` when there is no such folder; ProblemError 400 for a cursor of unknown form
   */
  abstract list(folder: string, query: ListQuery): Promise<StorageListing>;

  /** Whether the backend can be reached and read as configured. An answer, not an error, when it cannot. */
  abstract check(): Promise<CheckResult>;

  /** Frees what is kept between calls (pooled sessions) once the reads in flight have ended. No call follows. */
  abstract close(): Promise<void>;
}
