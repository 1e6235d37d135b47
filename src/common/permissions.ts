/** What a principal may do. Grouped so that handlers read `@RequirePermissions(STORAGE.DOWNLOAD)`. */
export const STORAGE = {
  READ: 'STORAGE.READ',
  DOWNLOAD: 'STORAGE.DOWNLOAD',
  WRITE: 'STORAGE.WRITE',
} as const;
export const VAULT = { READ: 'VAULT.READ', WRITE: 'VAULT.WRITE' } as const;
export const LINKS = { READ: 'LINKS.READ', MANAGE: 'LINKS.MANAGE' } as const;
export const USERS = { READ: 'USERS.READ', WRITE: 'USERS.WRITE' } as const;
export const API_KEYS = { READ: 'API_KEYS.READ', WRITE: 'API_KEYS.WRITE' } as const;
export const AUDIT = { READ: 'AUDIT.READ' } as const;
export const SETTINGS = { WRITE: 'SETTINGS.WRITE' } as const;

export const ALL_PERMISSIONS = [STORAGE, VAULT, LINKS, USERS, API_KEYS, AUDIT, SETTINGS].flatMap((group) =>
  Object.values(group),
);

export type Permission = (typeof ALL_PERMISSIONS)[number];
