import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { AttemptVerdict, Claim } from '../../src/download-tokens/claim.js';
import type { DownloadLink } from '../../src/download-tokens/download-link.js';
import { DownloadTokensService } from '../../src/download-tokens/download-tokens.service.js';
import { current, stateOf } from '../../src/download-tokens/rules/link-state.js';
import { LinkModel, type ModelAttempt, type ModelTerms, type ModelVerdict } from '../support/link-model.js';
import type { ManualClock } from '../support/manual-clock.js';
import type { StoreRig } from './download-token-store.contract.js';

type Step =
  | {
      readonly do: 'claim' | 'inspect';
      readonly client: number;
      readonly from: number;
      readonly length: number;
    }
  | { readonly do: 'renew'; readonly pick: number; readonly more: number; readonly advanced: boolean }
  | { readonly do: 'release'; readonly pick: number; readonly more: number }
  | { readonly do: 'deliver'; readonly pick: number }
  | { readonly do: 'lose'; readonly client: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'confirm' | 'revoke' | 'spend' | 'sweep' };

const pick = fc.nat(3);
const more = fc.integer({ min: -1, max: 6 });
const place = {
  client: fc.nat(2),
  from: fc.oneof(fc.constant(0), fc.nat(6)),
  length: fc.oneof(fc.constant(8), fc.nat(6)),
};
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('claim' as const), ...place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('inspect' as const), ...place }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('renew' as const), pick, more, advanced: fc.boolean() }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('release' as const), pick, more }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('lose' as const), client: fc.nat(1) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 4_999, 5_000, 5_000, 9_999, 14_999, 15_000, 45_000, 60_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('confirm' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('revoke' as const, 'spend' as const, 'sweep', 'sweep') }),
  },
) as fc.Arbitrary<Step>;

/** Blocks of 16 KiB, so that four own a link; larger ones, so that few spend its budget. */
const terms: fc.Arbitrary<ModelTerms> = fc
  .record({
    blocks: fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 6 }) },
    ),
    unit: fc.constantFrom(16_384, 16_384, 32 * 1024 * 1024, 128 * 1024 * 1024),
    maxDownloads: fc.constantFrom(1, 1, 2, 3),
    bind: fc.constantFrom('client' as const, 'client' as const, 'none' as const),
    confirm: fc.constantFrom('connection' as const, 'connection' as const, 'digest' as const),
    ttlMs: fc.constantFrom(10_000, 60_000, 300_000),
    windowMs: fc.constantFrom(20_000, 120_000, 86_400_000),
  })
  .map((made) => {
    const once = made.bind === 'none' || made.confirm === 'digest';
    return { ...made, maxDownloads: once ? 1 : made.maxDownloads };
  });

/** The store with the rules on it against {@link LinkModel}, in random histories of three clients. */
export function itKeepsTheRulesOfTheModel(
  name: string,
  histories: number,
  open: () => Promise<StoreRig>,
): void {
  describe(`${name}: the rules of a link`, () => {
    it(`are the model's in ${histories} random histories`, async () => {
      const rig = await open();
      try {
        const history = fc.asyncProperty(
          terms,
          fc.array(step, { minLength: 3, maxLength: 14 }),
          (made, steps) => new History(rig, made).run(steps),
        );
        await fc.assert(history, { numRuns: histories });
      } finally {
        await rig.close();
      }
    }, 300_000);
  });
}

/** One link, lived through twice. */
class History {
  private readonly clock: ManualClock;
  private readonly tokens: DownloadTokensService;
  private readonly attempts: { readonly model: ModelAttempt; readonly id: string }[] = [];
  private model!: LinkModel;
  private token = '';
  private id = '';
  private swept = false;

  constructor(
    { store, clock }: StoreRig,
    private readonly terms: ModelTerms,
  ) {
    this.clock = clock;
    this.tokens = new DownloadTokensService(store, { transferWindowMs: terms.windowMs });
  }

  async run(steps: readonly Step[]): Promise<void> {
    const { blocks, unit, ttlMs, maxDownloads, bind, confirm } = this.terms;
    this.model = new LinkModel(this.terms, this.clock.now());
    const options = { ttlMs, maxDownloads, bind, confirm, size: blocks * unit };
    const made = await this.tokens.generateDownloadToken('s', 'f', true, options);
    this.token = made.token;
    this.id = made.link.id;
    for (const one of steps) {
      await this.step(one);
      if (this.swept) return;
    }
    const found = await this.tokens.inspect(this.token);
    same(found?.state, this.model.state());
    this.compare(found?.link);
  }

  private async step(one: Step): Promise<void> {
    switch (one.do) {
      case 'claim':
        return this.claim(one.client, ...this.range(one));
      case 'inspect': {
        const found = await this.tokens.inspect(this.token, this.request(one.client, ...this.range(one)));
        same(found?.refusal, this.model.outlook(String(one.client), ...this.range(one)));
        return;
      }
      case 'lose':
        await this.claim(one.client, 0, this.terms.blocks);
        return this.verdict({ do: 'release', pick: 0, more: 8 });
      case 'advance':
        this.clock.advance(one.ms);
        this.model.advanceTo(this.clock.now());
        return;
      case 'confirm': {
        const outcome = this.model.confirm();
        const confirmation = await this.tokens.confirm(this.token);
        same([confirmation?.outcome, confirmation?.state], [outcome, this.model.state()]);
        this.compare(confirmation?.link);
        return;
      }
      case 'revoke':
        this.model.revoke();
        same((await this.tokens.revoke(this.id, 'test'))?.state, this.model.state());
        return;
      case 'spend':
        this.model.spend();
        same((await this.tokens.markTokenUsed(this.token)).state, this.model.state());
        return;
      case 'sweep': {
        const links = await this.tokens.cleanUp();
        const own = links.filter(({ link }) => link.id === this.id).map(({ state }) => state);
        this.swept = this.model.isSwept();
        same(own, this.swept ? [this.model.state()] : []);
        return;
      }
      default:
        return this.verdict(one);
    }
  }

  private async claim(client: number, from: number, to: number): Promise<void> {
    const expected = this.model.claim(String(client), from, to);
    const claim: Claim = await this.tokens.consumeDownloadToken(this.token, this.request(client, from, to));
    if ('refusal' in expected) same('refusal' in claim && claim.refusal, expected.refusal);
    else {
      if (!claim.granted) throw new Error(`refused: ${claim.refusal}`);
      const displaced = this.attempts.filter(({ model }) => expected.displaced.includes(model));
      same(
        claim.displaced,
        displaced.map(({ id }) => id),
      );
      this.attempts.push({ model: expected.attempt, id: claim.attempt.id });
      this.compare(claim.link);
    }
  }

  private async verdict(one: Step & { do: 'renew' | 'release' | 'deliver' }): Promise<void> {
    const picked = this.attempts.at(-1 - (one.pick % Math.max(this.attempts.length, 1)));
    if (!picked) return;
    const { model, id } = picked;
    const blocks = 'more' in one ? model.sent + one.more : 0;
    const sent = blocks * this.terms.unit;
    let expected: ModelVerdict;
    let verdict: AttemptVerdict;
    if (one.do === 'renew') {
      expected = this.model.renew(model, blocks, one.advanced);
      verdict = await this.tokens.renewLease(this.token, id, { sent, advanced: one.advanced });
    } else if (one.do === 'release') {
      expected = this.model.release(model, blocks);
      verdict = await this.tokens.releaseToken(this.token, id, { sent, advanced: false });
    } else {
      expected = this.model.deliver(model);
      verdict = await this.tokens.markTokenUsed(this.token, id);
    }
    same({ accepted: verdict.accepted, state: verdict.state }, expected);
    this.compare(verdict.link);
  }

  private range({ from, length }: { from: number; length: number }): [number, number] {
    const { blocks } = this.terms;
    const start = blocks === 0 ? 0 : from % blocks;
    return [start, Math.min(start + Math.max(length, 1), blocks)];
  }

  private request(client: number, from: number, to: number) {
    const { unit } = this.terms;
    return { client: String(client), range: { start: from * unit, end: to * unit } };
  }

  /** Everything there is to know about the link, in blocks. */
  private compare(stored: DownloadLink | undefined): void {
    const { unit } = this.terms;
    const { model } = this;
    const now = this.clock.now();
    const link = current(stored!, now);
    const blocks = (ranges: readonly { start: number; end: number }[]) =>
      ranges.map(({ start, end }) => `${start / unit}-${end / unit}`).join();
    const stretches = (set: Set<number>) => {
      const ranges: { start: number; end: number }[] = [];
      for (const block of [...set].sort((a, b) => a - b))
        if (ranges.at(-1)?.end === block) ranges.at(-1)!.end += 1;
        else ranges.push({ start: block, end: block + 1 });
      return ranges.map(({ start, end }) => `${start}-${end}`).join();
    };
    const real = link.transfers.map((one) => ({
      client: one.client,
      owner: one.ownedAt !== null,
      end: one.completedAt !== null ? 'complete' : one.exhaustedAt !== null ? 'exhausted' : undefined,
      coverage: blocks(one.coverage),
      sent: one.completedAt === null ? blocks(one.sent) : '',
      resent: one.completedAt === null ? one.resent / unit : 0,
    }));
    const wanted = model.transfers.map((one) => ({
      client: one.client,
      owner: one.owner,
      end: one.end,
      coverage: stretches(model.coverage(one)),
      sent: one.end === 'complete' ? '' : stretches(model.sentBlocks(one)),
      resent: one.end === 'complete' ? 0 : one.resent,
    }));
    same(
      {
        state: stateOf(link, now),
        finishBy: link.finishBy ?? undefined,
        unconfirmedSince: link.unconfirmedSince ?? undefined,
        transfers: real,
        live: link.attempts.map(({ id }) => id),
      },
      {
        state: model.state(),
        finishBy: model.finishBy,
        unconfirmedSince: model.unconfirmedSince,
        transfers: wanted,
        live: this.attempts.filter((one) => !one.model.end).map(({ id }) => id),
      },
    );
  }
}

/** `expect` explains a difference well, but is slow to find none. */
function same(real: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(real, wanted)) expect(real).toEqual(wanted);
}
