import type { Permission } from './permissions.js';

/** Limits a principal to one storage, or to one folder of it. No scope: everything its permissions allow. */
export interface Scope {
  readonly storageId: string;
  /** A folder of the storage, without slashes at its ends; empty: all of it. */
  readonly pathPrefix: string;
}

/** Who is asking. Any guard may fill `request.principal`; nothing else is expected of a host app's own. */
export interface Principal {
  readonly kind: 'admin-key' | 'api-key' | 'user' | 'external';
  readonly id: string;
  readonly permissions: readonly Permission[];
  readonly scopes: readonly Scope[];
}

export interface RequestWithPrincipal {
  principal?: Principal | undefined;
}
