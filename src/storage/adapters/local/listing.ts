import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { compareCodePoints } from '../../code-point-order.js';
import { cursorAfter, nameBefore } from '../../name-cursor.js';
import type { ListQuery, StorageEntry, StorageListing } from '../../storage-adapter.js';
import { isStorageError } from '../../storage-error.js';
import { join, openInside, type Opened } from './confined-open.js';
import { nothingThere, toStorageError } from './errors.js';

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const NOT_ADDRESSABLE = /[\u0000-\u001f\u007f\\]/;

/** One page of a folder. Reads all names, but looks only at the page's files. */
export async function listFolder(root: string, path: string, query: ListQuery): Promise<StorageListing> {
  const after = query.cursor === undefined ? '' : nameBefore(query.cursor);
  const folder = await openInside(root, path);
  try {
    if (!folder.stats.isDirectory()) throw nothingThere();
    // Through the open handle: a folder that is swapped for a link meanwhile leads nowhere else.
    const all = await readdir(folder.via, { withFileTypes: true });
    const rest = all
      .filter((entry) => compareCodePoints(entry.name, after) > 0)
      // The system gives them in this order already, but does not promise it; sorting what is sorted costs little.
      .sort((a, b) => compareCodePoints(a.name, b.name));
    const candidates = worthALook(rest, query.skipFile);
    return await takePage(candidates, query.limit, (entry) =>
      examine(entry, root, path, folder, query.skipFile),
    );
  } finally {
    await folder.handle.close();
  }
}

/** Looks at entries until the page is full and one more is known to follow. */
async function takePage(
  candidates: Iterator<Dirent, void>,
  limit: number,
  look: (entry: Dirent) => Promise<StorageEntry | undefined>,
): Promise<StorageListing> {
  const entries: StorageEntry[] = [];
  let next = candidates.next();
  while (entries.length <= limit && !next.done) {
    const looks: Promise<StorageEntry | undefined>[] = [];
    for (; looks.length <= limit - entries.length && !next.done; next = candidates.next())
      looks.push(look(next.value));
    for (const entry of await Promise.all(looks)) if (entry) entries.push(entry);
  }
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  return { entries: page, nextCursor: last && entries.length > limit ? cursorAfter(last.name) : null };
}

/** Those that are worth a look. What is no UTF-8 is decoded to replacement characters, so two names may become one. */
function* worthALook(sorted: readonly Dirent[], skipFile: ListQuery['skipFile']): Generator<Dirent, void> {
  let previous: string | undefined;
  for (const entry of sorted) {
    const { name } = entry;
    const wanted = name !== previous && !NOT_ADDRESSABLE.test(name) && !(entry.isFile() && skipFile?.(name));
    previous = name;
    if (wanted) yield entry;
  }
}

/** What an entry is, or undefined when it is gone, leaves the root or is neither file nor folder. */
async function examine(
  { name }: Dirent,
  root: string,
  path: string,
  folder: Opened,
  skipFile: ListQuery['skipFile'],
): Promise<StorageEntry | undefined> {
  const own = path === '' ? name : `${path}/${name}`;
  try {
    const there = await lstat(join(folder.via, name), { bigint: true });
    const stats = there.isSymbolicLink() ? await statBehindLink(root, own) : there;
    if (stats.isDirectory()) return entryOf(name, own, 'folder', stats);
    return stats.isFile() && !skipFile?.(name) ? entryOf(name, own, 'file', stats) : undefined;
  } catch (error) {
    // Also names that are not UTF-8: what they were decoded to does not exist.
    const ours = toStorageError(error);
    if (isStorageError(ours, 'not-found', 'not-a-file', 'access-denied')) return undefined;
    throw ours;
  }
}

async function statBehindLink(root: string, path: string): Promise<BigIntStats> {
  const { handle, stats } = await openInside(root, path);
  await handle.close();
  return stats;
}

function entryOf(name: string, path: string, kind: StorageEntry['kind'], stats: BigIntStats): StorageEntry {
  const size = kind === 'file' ? Number(stats.size) : null;
  return { name, path, kind, size, modifiedAt: Number(stats.mtimeMs) };
}
