import { describe } from '@jest/globals';
import { listingContract } from './storage-adapter/listing.contract.js';
import { namesContract } from './storage-adapter/names.contract.js';
import { readingContract } from './storage-adapter/reading.contract.js';
import type { StorageSubject } from './storage-adapter/storage-harness.js';

/** What every storage adapter must do (the contract stands on `StorageAdapter`). One call per kind. */
export function describeStorageAdapter(kind: string, subject: StorageSubject): void {
  describe(`storage adapter ${kind}`, () => {
    readingContract(subject);
    namesContract(subject);
    listingContract(subject);
  });
}
