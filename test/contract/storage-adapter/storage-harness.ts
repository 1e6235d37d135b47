import type { StorageAdapter } from '../../../src/storage/storage-adapter.js';

/** A real backend with an adapter over it, as one kind's test prepares it. */
export interface StorageHarness {
  readonly adapter: StorageAdapter;
  /** Makes or replaces a file, and the folders it lies in. */
  write(path: string, content: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  /** Handles or connections that the adapter's reads and listings hold at the moment. */
  openHandles(): number;
  /** Bytes that the adapter has asked the backend for so far. */
  bytesFetched(): number;
  dispose(): Promise<void>;
}

/** What a protocol may be unable to do. Each appears in the names of the tests that it changes. */
export interface StorageCapabilities {
  /** Whether "é" in one code point and in two are different names. */
  readonly keepsNormalForms: boolean;
}

export interface StorageSubject extends StorageCapabilities {
  readonly setUp: () => Promise<StorageHarness>;
}
