import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StorageError } from '../../storage-error.js';

/** Whether a path is the folder or lies in it. Both are real paths; `/data2` is not inside `/data` (GHSA-h64p-8h4r-6gfh). */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/**
 * The real path of a storage's root.
 * @param allowed LOCAL_STORAGE_ROOTS; those that do not exist allow nothing
 * @throws StorageError `access-denied` when it lies outside them, `unreachable` when it is not there
 */
export async function resolveRoot(root: string, allowed: readonly string[]): Promise<string> {
  const [real, ...realAllowed] = await Promise.all([root, ...allowed].map(realPathOrUndefined));
  const inside = (path: string) =>
    realAllowed.some((folder) => folder !== undefined && isInside(folder, path));
  if (real !== undefined && inside(real)) return real;
  // Only of what lies inside by its spelling may be told that it does not exist.
  if (real === undefined && allowed.some((folder) => isInside(resolve(folder), resolve(root))))
    throw new StorageError('unreachable', 'config.root does not exist or cannot be read. Create the folder.');
  throw new StorageError(
    'access-denied',
    'config.root lies outside the folders that LOCAL_STORAGE_ROOTS names. ' +
      'Choose a folder inside one of them, or add it to LOCAL_STORAGE_ROOTS and restart Drawbridge.',
  );
}

async function realPathOrUndefined(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}
