/** Names one content in the form in which it is delivered: decrypted, as stored, or bundled with its sidecar. */
export interface ContentId {
  readonly storageId: string;
  /** Path inside the storage. */
  readonly file: string;
  /** `ByteSource.version` of that form. */
  readonly version: string;
}
