import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { StorageError } from '../../storage-error.js';
import { nothingThere, toStorageError } from './errors.js';
import { isInside } from './root.js';

/** Where Linux shows what an open file is. */
const FD_FOLDER = '/proc/self/fd';
/** macOS has no such place, but O_NOFOLLOW_ANY: no part of the path may be a link, so what opens is what was resolved. */
const NOFOLLOW_ANY = process.platform === 'darwin' ? 0x2000_0000 : 0;
// NONBLOCK: opening a pipe must not wait for its writer. NOCTTY: a terminal must not become ours.
const FLAGS =
  constants.O_RDONLY |
  constants.O_NONBLOCK |
  constants.O_NOCTTY |
  (NOFOLLOW_ANY === 0 ? constants.O_NOFOLLOW : NOFOLLOW_ANY);

/** A regular file or a folder that was inside the root when it was opened. */
export interface Opened {
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
  /** A path to it; on Linux one that leads to this very folder, whatever its own path leads to by now. */
  readonly via: string;
}

/**
 * Opens a file or folder of the root, following links that stay inside. What counts is what was opened, not what a path
 * meant before: the checks in front only spare us opening devices and things outside (W14, CVE-2026-54094). Resolving
 * the path once more afterwards would not do: a link that is swapped fast enough deceives both times.
 * @param root a real path
 * @param path checked by `checkStoragePath`, or the empty string for the root
 * @throws StorageError `not-found`, also for what lies outside; `not-a-file` for devices, pipes and sockets;
 * `unreachable` on a system that cannot tell
 */
export async function openInside(root: string, path: string, fdFolder = FD_FOLDER): Promise<Opened> {
  try {
    const target = await realpath(join(root, path));
    if (!isInside(root, target)) throw nothingThere();
    refuseSpecial(await lstat(target));
    return await openTarget(root, target, fdFolder);
  } catch (error) {
    throw toStorageError(error);
  }
}

async function openTarget(root: string, target: string, fdFolder: string): Promise<Opened> {
  const handle = await open(target, FLAGS);
  try {
    const stats = await handle.stat({ bigint: true });
    const link = `${fdFolder}/${handle.fd}`;
    const place = await readlink(link).catch(() => undefined);
    if (place === undefined && NOFOLLOW_ANY === 0) throw cannotTell();
    if (place !== undefined && !isInside(root, place)) throw nothingThere();
    refuseSpecial(stats);
    return { handle, stats, via: place === undefined ? target : link };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A name inside a folder. */
export const join = (folder: string, name: string) =>
  name === '' ? folder : `${folder.endsWith('/') ? folder : `${folder}/`}${name}`;

function refuseSpecial(stats: { isFile(): boolean; isDirectory(): boolean }): void {
  if (!stats.isFile() && !stats.isDirectory())
    throw new StorageError('not-a-file', 'This is not a regular file.');
}

const cannotTell = () =>
  new StorageError(
    'unreachable',
    'This system does not tell what an open file is, so a local storage could not be kept to its folder. Mount /proc.',
  );
