import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, open, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { LocalAdapter } from '../../src/storage/adapters/local/adapter.js';
import type { StorageHarness } from '../contract/storage-adapter/storage-harness.js';

export interface LocalHarness extends StorageHarness {
  readonly adapter: LocalAdapter;
  /** The storage's root, real; `base` is the folder it lies in, which is no storage. */
  readonly root: string;
  readonly base: string;
}

/** A local adapter over a new temporary folder. Open handles are counted as the system sees them. */
export async function localStorage(): Promise<LocalHarness> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'drawbridge-local-')));
  const root = join(base, 'data');
  await mkdir(root);
  const reads = await spyOnReads(root);
  return {
    adapter: new LocalAdapter(root, { localRoots: [root], idleTimeoutMs: 5_000 }),
    root,
    base,
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    },
    remove: (path) => rm(join(root, path)),
    openHandles: () => handlesBelow(base),
    bytesFetched: () => reads.mock.calls.reduce((sum, [, , length]) => sum + (length as number), 0),
    async dispose() {
      reads.mockRestore();
      await rm(base, { recursive: true });
    },
  };
}

/** Files and folders below a folder that this process holds open. */
export function handlesBelow(folder: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => placeOf(fd).startsWith(folder)).length;
}

function placeOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // The one that read the folder is closed by now.
    return '';
  }
}

async function spyOnReads(anyFile: string) {
  const handle = await open(anyFile);
  const prototype = Object.getPrototypeOf(handle) as Record<'read', (...args: unknown[]) => unknown>;
  await handle.close();
  return jest.spyOn(prototype, 'read');
}
