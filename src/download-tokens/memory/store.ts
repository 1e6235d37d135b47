import { Injectable } from '@nestjs/common';
import { systemClock, type Clock } from '../../common/clock.js';
import type { DownloadLink } from '../download-link.js';
import { DownloadTokenStore, type LinkChange, type StoredLink } from '../download-token-store.js';
import { sweepAt } from '../rules/index.js';

interface Entry {
  readonly link: DownloadLink;
  readonly sweepAt: number;
}

/** Keeps links in this process: nothing is faster, and nothing outlives a restart. One process at a time. */
@Injectable()
export class MemoryTokenStore extends DownloadTokenStore {
  private readonly entries = new Map<string, Entry>();
  private readonly hashes = new Map<string, string>();

  constructor(private readonly clock: Clock = systemClock) {
    super();
  }

  override async create(hash: string, make: (now: number) => DownloadLink): Promise<DownloadLink> {
    const link = make(this.clock.now());
    if (this.entries.has(hash) || this.hashes.has(link.id)) throw new Error('The link exists already');
    this.entries.set(hash, { link, sweepAt: sweepAt(link) });
    this.hashes.set(link.id, hash);
    return Promise.resolve(link);
  }

  override find(hash: string): Promise<StoredLink | undefined> {
    const entry = this.entries.get(hash);
    return Promise.resolve(entry && { link: entry.link, now: this.clock.now() });
  }

  override findById(id: string): Promise<StoredLink | undefined> {
    return this.find(this.hashes.get(id) ?? '');
  }

  // One process and no await between reading and writing: that is the whole of its atomicity.
  override async update<T>(hash: string, change: LinkChange<T>): Promise<T | undefined> {
    const link = this.entries.get(hash)?.link;
    if (!link) return Promise.resolve(undefined);
    const { next, result } = change(link, this.clock.now());
    if (next !== link) this.entries.set(hash, { link: next, sweepAt: sweepAt(next) });
    return Promise.resolve(result);
  }

  override updateById<T>(id: string, change: LinkChange<T>): Promise<T | undefined> {
    return this.update(this.hashes.get(id) ?? '', change);
  }

  override count(): Promise<number> {
    return Promise.resolve(this.entries.size);
  }

  override sweep(): Promise<{ links: DownloadLink[]; now: number }> {
    const now = this.clock.now();
    const due = [...this.entries].filter(([, entry]) => entry.sweepAt <= now);
    for (const [hash, { link }] of due) {
      this.entries.delete(hash);
      this.hashes.delete(link.id);
    }
    return Promise.resolve({ links: due.map(([, { link }]) => link), now });
  }
}
