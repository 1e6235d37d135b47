/** What was found where a backup's sidecar would be. */
export type SidecarContent =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly bytes: Uint8Array }
  /** Longer than {@link MAX_SIDECAR_BYTES}; not read. */
  | { readonly kind: 'too-large' };

/** A longer sidecar is refused unread. */
export const MAX_SIDECAR_BYTES = 1024 * 1024;
