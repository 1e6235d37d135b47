import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import type { Claim } from '../../src/download-tokens/claim.js';
import type { DownloadTokenStore } from '../../src/download-tokens/download-token-store.js';
import { DownloadTokensService } from '../../src/download-tokens/download-tokens.service.js';
import {
  claim,
  LEASE_MS,
  revoked,
  TOKEN_TTL_MS,
  USED_KEPT_MS,
} from '../../src/download-tokens/rules/index.js';
import { linkOf, MIB } from '../support/download-link.js';
import type { ManualClock } from '../support/manual-clock.js';

/** A store under test, with a clock of its own. */
export interface StoreRig {
  readonly store: DownloadTokenStore;
  readonly clock: ManualClock;
  /** Another instance over the same data, as another process would have. Only when links are shared. */
  readonly peer?: () => Promise<DownloadTokenStore>;
  /** Closes every instance and opens the data anew. Only when links outlive the process. */
  readonly reopen?: () => Promise<DownloadTokenStore>;
  readonly close: () => Promise<void>;
}

export interface StoreAbilities {
  /** Several instances can work on the same links. */
  readonly shared: boolean;
  /** Links outlive a restart. */
  readonly durable: boolean;
}

const CLAIMS = 2_000;
const ROUNDS = 10;

/** What every store must do; run by each store's own spec. */
export function itIsADownloadTokenStore(
  name: string,
  abilities: StoreAbilities,
  open: () => Promise<StoreRig>,
): void {
  describe(`${name}: a DownloadTokenStore`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open();
    });
    afterEach(async () => {
      await rig.close();
    });

    const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
    const hash = hashOf('one');
    const create = (key = hash, id = 'link-1') =>
      rig.store.create(key, (createdAt) => linkOf({ id, createdAt, expiresAt: createdAt + TOKEN_TTL_MS }));
    /** Every attempt is another client's. */
    const claimOnce = async (store: DownloadTokenStore): Promise<Claim | undefined> => {
      const ids = { attempt: randomUUID(), transfer: randomUUID() };
      const request = { client: ids.transfer, range: { start: 0, end: MIB } };
      return store.update(hash, (link, now) => claim(link, request, now, ids));
    };
    const granted = (claims: readonly (Claim | undefined)[]) => claims.filter((one) => one?.granted).length;

    describe('create and find', () => {
      it('gives back every field of what was created, by hash and by id, at the time of its clock', async () => {
        const link = await create();
        expect(link.createdAt).toBe(rig.clock.now());
        rig.clock.advance(7);
        expect(await rig.store.find(hash)).toMatchObject({ link, now: rig.clock.now() });
        expect((await rig.store.findById('link-1'))?.link).toEqual(link);
      });

      it('knows nothing of other hashes and ids, nor takes one for the other', async () => {
        await create();
        for (const other of ['', 'link-1', hashOf('two'), '%', '__proto__', 'constructor'])
          expect(await rig.store.find(other)).toBeUndefined();
        for (const other of ['', hash, 'link-2', '%', '__proto__', 'constructor'])
          expect(await rig.store.findById(other)).toBeUndefined();
      });

      it('refuses a hash or an id that exists, and keeps the first', async () => {
        const first = await create();
        await expect(create(hash, 'link-2')).rejects.toThrow('exists');
        await expect(create(hashOf('two'), 'link-1')).rejects.toThrow('exists');
        expect((await rig.store.find(hash))?.link).toEqual(first);
        expect(await rig.store.find(hashOf('two'))).toBeUndefined();
        expect(await rig.store.findById('link-2')).toBeUndefined();
      });

      it('keeps names that need quoting, and times and sizes beyond 32 bits', async () => {
        const file = `it's "50%"\\, \u{1f600} ${'x'.repeat(4000)}`;
        await rig.store.create(hash, () => linkOf({ file, size: 2 ** 52, version: '"é"' }));
        expect((await rig.store.find(hash))?.link).toMatchObject({ file, size: 2 ** 52, version: '"é"' });
      });
    });

    describe('update', () => {
      it('stores what the change makes and hands its result back, by hash and by id', async () => {
        await create();
        const first = await rig.store.update(hash, (link, now) => ({
          next: { ...link, finishBy: now },
          result: 'first',
        }));
        const second = await rig.store.updateById('link-1', (link) => ({
          next: { ...link, version: 'v2' },
          result: 'second',
        }));
        expect([first, second]).toEqual(['first', 'second']);
        const link = (await rig.store.find(hash))?.link;
        expect(link).toMatchObject({ finishBy: rig.clock.now(), version: 'v2' });
      });

      it('makes nothing of an unknown link', async () => {
        let calls = 0;
        const change = () => {
          calls += 1;
          return { next: linkOf(), result: true };
        };
        expect(await rig.store.update(hash, change)).toBeUndefined();
        expect(await rig.store.updateById('link-1', change)).toBeUndefined();
        expect(calls).toBe(0);
        expect(await rig.store.find(hash)).toBeUndefined();
      });

      it('lets an error of the change through and changes nothing', async () => {
        const link = await create();
        const fail = () => {
          throw new RangeError('no');
        };
        await expect(rig.store.update(hash, fail)).rejects.toThrow(RangeError);
        expect((await rig.store.find(hash))?.link).toEqual(link);
      });

      it('loses none of many changes at once', async () => {
        await create();
        const add = (id: string) =>
          rig.store.updateById('link-1', (link) => ({
            next: { ...link, version: `${link.version},${id}` },
            result: id,
          }));
        const ids = Array.from({ length: 60 }, (_, index) => `c${index}`);
        expect(await Promise.all(ids.map(add))).toEqual(ids);
        const version = (await rig.store.find(hash))?.link.version ?? '';
        expect(version.split(',').sort()).toEqual(['v1', ...ids].sort());
      });
    });

    it(`grants exactly one of ${CLAIMS} claims at once, ${ROUNDS} rounds`, async () => {
      await create();
      for (let round = 0; round < ROUNDS; round += 1) {
        const claims = await Promise.all(Array.from({ length: CLAIMS }, () => claimOnce(rig.store)));
        expect(granted(claims)).toBe(1);
        expect(claims.filter((one) => one?.granted === false && one.refusal === 'busy')).toHaveLength(
          CLAIMS - 1,
        );
        rig.clock.advance(LEASE_MS);
      }
    });

    it('serves the service from mint to use', async () => {
      const tokens = new DownloadTokensService(rig.store, {});
      const { token, link } = await tokens.generateDownloadToken('storage-1', 'a', true, { size: 10 });
      const request = { client: '192.0.2.1', range: { start: 0, end: 10 } };
      const first = await tokens.consumeDownloadToken(token, request);
      if (!first.granted) throw new Error('not granted');
      expect(await tokens.releaseToken(token, first.attempt.id)).toMatchObject({ state: 'available' });
      const second = await tokens.consumeDownloadToken(token, request);
      if (!second.granted) throw new Error('not granted');
      expect(await tokens.markTokenUsed(token, first.attempt.id)).toMatchObject({ accepted: false });
      expect(await tokens.markTokenUsed(token, second.attempt.id)).toMatchObject({
        accepted: true,
        state: 'used',
      });
      expect(await tokens.consumeDownloadToken(token, request)).toMatchObject({ refusal: 'used' });
      expect(await tokens.describe(link.id)).toMatchObject({ state: 'used', link: { used: true } });
    });

    it('counts what it holds, until it is swept', async () => {
      expect(await rig.store.count()).toBe(0);
      await create();
      await create(hashOf('two'), 'link-2');
      expect(await rig.store.count()).toBe(2);
      rig.clock.advance(TOKEN_TTL_MS);
      await rig.store.sweep();
      expect(await rig.store.count()).toBe(0);
    });

    describe('sweep (rule 12)', () => {
      it('removes a link that nobody started once its time has come, not before, and only once', async () => {
        const link = await create();
        await rig.store.create(hashOf('later'), (now) =>
          linkOf({ id: 'later', expiresAt: now + 2 * TOKEN_TTL_MS }),
        );
        rig.clock.advance(TOKEN_TTL_MS - 1);
        expect((await rig.store.sweep()).links).toEqual([]);
        rig.clock.advance(1);
        const sweeps = await Promise.all([rig.store.sweep(), rig.store.sweep(), rig.store.sweep()]);
        expect(sweeps.flatMap(({ links }) => links)).toEqual([link]);
        expect(sweeps.map(({ now }) => now)).toEqual(Array(3).fill(rig.clock.now()));
        expect(await rig.store.find(hash)).toBeUndefined();
        expect(await rig.store.findById('link-1')).toBeUndefined();
        expect(await rig.store.findById('later')).toBeDefined();
      });

      it('frees hash and id for a new link', async () => {
        await create();
        rig.clock.advance(TOKEN_TTL_MS);
        await rig.store.sweep();
        expect(await create()).toEqual((await rig.store.find(hash))?.link);
      });

      it('follows every change of the link: a lease holds it, use lets it go a minute later', async () => {
        await create();
        rig.clock.advance(TOKEN_TTL_MS - 1);
        await claimOnce(rig.store);
        rig.clock.advance(LEASE_MS - 1);
        expect((await rig.store.sweep()).links).toHaveLength(0);
        await rig.store.update(hash, (link, now) => ({
          next: { ...link, used: true, usedAt: now },
          result: 0,
        }));
        rig.clock.advance(USED_KEPT_MS - 1);
        expect((await rig.store.sweep()).links).toHaveLength(0);
        rig.clock.advance(1);
        expect((await rig.store.sweep()).links).toMatchObject([{ id: 'link-1', used: true }]);
      });
    });

    if (abilities.shared) {
      it(`grants exactly one of ${CLAIMS} claims at once over two instances, ${ROUNDS} rounds`, async () => {
        const peer = await rig.peer!();
        await create();
        for (let round = 0; round < ROUNDS; round += 1) {
          const claims = Array.from({ length: CLAIMS }, (_, index) =>
            claimOnce(index % 2 ? peer : rig.store),
          );
          expect(granted(await Promise.all(claims))).toBe(1);
          rig.clock.advance(LEASE_MS);
        }
      });

      it('loses none of many changes at once over two instances', async () => {
        const peer = await rig.peer!();
        await create();
        const ids = Array.from({ length: 40 }, (_, index) => `c${index}`);
        await Promise.all(
          ids.map((id, index) =>
            (index % 2 ? peer : rig.store).updateById('link-1', (link) => ({
              next: { ...link, version: `${link.version},${id}` },
              result: 0,
            })),
          ),
        );
        const version = (await rig.store.find(hash))?.link.version ?? '';
        expect(version.split(',').sort()).toEqual(['v1', ...ids].sort());
      });

      it('shows a revocation at once to the others, and sweeps a link in one of them only', async () => {
        const peer = await rig.peer!();
        await create();
        await rig.store.updateById('link-1', (link, now) => revoked(link, 'admin', now));
        expect(await claimOnce(peer)).toMatchObject({ granted: false, refusal: 'revoked' });
        rig.clock.advance(TOKEN_TTL_MS);
        const sweeps = await Promise.all([rig.store.sweep(), peer.sweep()]);
        expect(sweeps.flatMap(({ links }) => links)).toHaveLength(1);
      });
    }

    if (abilities.durable) {
      it('still knows a link after a restart: its use, its attempts, its revision', async () => {
        await create();
        await create(hashOf('two'), 'link-2');
        await claimOnce(rig.store);
        await rig.store.updateById('link-2', (link, now) => ({
          next: { ...link, used: true, usedAt: now },
          result: 0,
        }));
        const before = await rig.store.find(hash);
        const store = await rig.reopen!();
        expect((await store.find(hash))?.link).toEqual(before?.link);
        expect((await store.findById('link-2'))?.link.used).toBe(true);
        expect(await claimOnce(store)).toMatchObject({ granted: false, refusal: 'busy' });
        rig.clock.advance(LEASE_MS);
        expect(await claimOnce(store)).toMatchObject({ granted: true });
      });
    }
  });
}
