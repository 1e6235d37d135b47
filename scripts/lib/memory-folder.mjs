import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const SHARED_MEMORY = '/dev/shm';
const NEEDED_BYTES = 4 * 1024 ** 3;

/**
 * Runs an action with a folder in memory for temporary files, where there is room for one. The tests' databases wait for
 * the disk at each commit, and a disk that still takes what npm has just installed answers in seconds.
 * @param action gets the variables that name the folder
 */
export async function withMemoryFolder(action) {
  if (process.env.TMPDIR || !hasRoom()) return action({});
  const folder = mkdtempSync(join(SHARED_MEMORY, 'drawbridge-tests-'));
  // Servers that the tests start as other users pass through it.
  chmodSync(folder, 0o711);
  try {
    return await action({ TMPDIR: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasRoom() {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    return bavail * bsize >= NEEDED_BYTES;
  } catch {
    return false;
  }
}
