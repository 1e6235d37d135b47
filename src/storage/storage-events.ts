/** Told on the app's EventEmitter2, when it has one. */
export const STORAGE_DELETED = 'storage.deleted';

export interface StorageDeletedEvent {
  readonly storageId: string;
}
