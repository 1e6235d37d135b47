import type {
  ModelAttempt,
  ModelClaim,
  ModelTerms,
  ModelTransfer,
  ModelVerdict,
} from './link-model-parts.js';

/*
 * The rules of a download link once more, as a reference for tests: by the block instead of by the range, from the whole
 * log of attempts instead of step by step, and with every lease ended at the moment it runs out.
 */

export type * from './link-model-parts.js';

export class LinkModel {
  transfers: ModelTransfer[] = [];
  readonly log: ModelAttempt[] = [];
  usedAt: number | undefined;
  ended: 'revoked' | 'exhausted' | undefined;
  finishBy: number | undefined;
  /** When somebody first had all of it without having confirmed that. */
  unconfirmedSince: number | undefined;
  private tick = 0;
  private readonly expiresAt: number;

  constructor(
    private readonly terms: ModelTerms,
    private now: number,
  ) {
    this.expiresAt = now + terms.ttlMs;
  }

  /** Time passes; every lease that runs out on the way breaks its attempt just then. */
  advanceTo(time: number): void {
    for (;;) {
      const next = this.live().reduce<ModelAttempt | undefined>(
        (first, one) => (one.lease <= time && (!first || one.lease < first.lease) ? one : first),
        undefined,
      );
      if (!next) break;
      this.now = next.lease;
      this.finish(next, 'broken');
    }
    this.now = time;
  }

  live = (transfer?: ModelTransfer) =>
    this.log.filter((one) => !one.end && (!transfer || one.transfer === transfer));

  state(): string {
    if (this.usedAt !== undefined) return 'used';
    if (this.ended) return this.ended;
    if (this.finishBy !== undefined && this.now >= this.finishBy) return 'expired';
    if (this.live().length > 0) return 'active';
    if (this.transfers.some((one) => one.owner && !one.end)) return 'available';
    return this.now < this.expiresAt ? 'available' : 'expired';
  }

  isOver = () => !['available', 'active'].includes(this.state());

  refusal(asker: string, from: number, to: number): string | undefined {
    const client = this.terms.bind === 'none' ? '*' : asker;
    const whole = from === 0 && to === this.terms.blocks;
    if (this.isOver()) return this.state();
    const mine = this.transfers.filter((one) => one.client === client);
    const own = mine.find((one) => !one.end);
    if (!own && mine.at(-1)?.end === 'exhausted') return 'exhausted';
    if (!own && mine.at(-1)?.end === 'complete' && !whole) return 'used';
    if (!own?.owner && this.now >= this.expiresAt) return 'expired';
    const others = this.transfers.filter((one) => one !== own && (one.end ?? this.live(one).length > 0));
    if (others.length >= this.terms.maxDownloads) return 'busy';
    if (!own) return undefined;
    if (whole && this.live(own).some((one) => this.isWhole(one) && this.now - one.progressAt < 5_000))
      return 'busy';
    const beside = this.live(own).filter((one) => !(whole && this.isWhole(one)));
    return beside.length >= 16 ? 'busy' : undefined;
  }

  /** What a claim would meet, with the end of a stalled attempt that it would take over: that may complete the file. */
  outlook(asker: string, from: number, to: number): string | undefined {
    const refusal = this.refusal(asker, from, to);
    const own = this.openTransfer(asker);
    if (refusal !== undefined || !own || from > 0 || to < this.terms.blocks) return refusal;
    const stalled = this.live(own).filter((one) => this.isWhole(one));
    for (const one of stalled) one.end = { how: 'broken', tick: this.tick + 1 };
    const completes =
      stalled.length > 0 && this.coverage(own).size === this.terms.blocks && this.terms.blocks > 0;
    for (const one of stalled) one.end = undefined;
    const ends = this.transfers.flatMap((one) => one.end ?? []);
    if (this.terms.confirm === 'digest') return undefined;
    if (!completes) return undefined;
    if (ends.length + 1 < this.terms.maxDownloads) {
      // What it asks for is another download then.
      if (this.now >= this.expiresAt) return 'expired';
      const others = this.transfers.filter((one) => one !== own && (one.end ?? this.live(one).length > 0));
      return others.length + 1 >= this.terms.maxDownloads ? 'busy' : undefined;
    }
    return ends.includes('exhausted') ? 'exhausted' : 'used';
  }

  private goesOn = (own: ModelTransfer | undefined) =>
    this.live(own).some((one) => !this.isWhole(one)) ||
    this.transfers.some((one) => one !== own && (this.live(one).length > 0 || (one.owner && !one.end)));

  private openTransfer(asker: string): ModelTransfer | undefined {
    const client = this.terms.bind === 'none' ? '*' : asker;
    return this.transfers.find((one) => one.client === client && !one.end);
  }

  claim(asker: string, from: number, to: number): ModelClaim {
    const refusal = this.refusal(asker, from, to);
    if (refusal !== undefined) return { refusal };
    const client = this.terms.bind === 'none' ? '*' : asker;
    const own = this.transfers.find((one) => one.client === client && !one.end);
    const whole = from === 0 && to === this.terms.blocks;
    const displaced = own && whole ? this.live(own).filter((one) => this.isWhole(one)) : [];
    const outlook = displaced.length > 0 ? this.outlook(asker, from, to) : undefined;
    // A refusal changes nothing while the link goes on: then the stalled attempt is not ended either.
    if (outlook === 'busy' || (outlook === 'expired' && this.goesOn(own))) return { refusal: outlook };
    for (const one of displaced) this.finish(one, 'broken');
    if (displaced.length > 0) {
      const claim = this.claim(asker, from, to);
      return 'refusal' in claim ? claim : { ...claim, displaced };
    }
    const transfer = own ?? { client, owner: false, end: undefined, resent: 0 };
    if (!own) this.transfers.push(transfer);
    const began = (this.tick += 1);
    const { now } = this;
    const attempt = {
      transfer,
      from,
      to,
      began,
      sent: 0,
      lease: now + 15_000,
      progressAt: now,
      end: undefined,
    };
    this.watchCoverage(transfer, () => this.log.push(attempt));
    this.own(transfer);
    return { attempt, displaced };
  }

  renew(attempt: ModelAttempt, sent: number, advanced: boolean): ModelVerdict {
    if (attempt.end || (this.isOver() && this.usedAt === undefined))
      return { accepted: false, state: this.state() };
    attempt.lease = this.now + 15_000;
    if (advanced) attempt.progressAt = this.now;
    this.send(attempt, sent);
    this.checkBudget(attempt.transfer);
    const cut = attempt.transfer.end === 'exhausted';
    if (cut) attempt.end ??= { how: 'void', tick: this.tick };
    return cut ? { accepted: false, state: 'exhausted' } : { accepted: true, state: this.state() };
  }

  deliver(attempt: ModelAttempt): ModelVerdict {
    if (attempt.end) return { accepted: false, state: this.state() };
    const accepted = this.counts(attempt.transfer);
    this.send(attempt, attempt.to - attempt.from);
    this.finish(attempt, 'delivered');
    return this.verdict(attempt, accepted);
  }

  release(attempt: ModelAttempt, sent = 0): ModelVerdict {
    if (attempt.end) return { accepted: false, state: this.state() };
    const accepted = this.counts(attempt.transfer);
    this.send(attempt, sent);
    this.finish(attempt, 'broken');
    return this.verdict(attempt, accepted);
  }

  /** The client names the right digest. */
  confirm(): string {
    if (this.terms.confirm === 'connection') return this.isOver() ? 'over' : 'not-awaited';
    if (this.usedAt !== undefined) return this.now < this.usedAt + 60_000 ? 'used' : 'over';
    if (this.isOver()) return 'over';
    const owner = this.transfers.find((one) => one.owner && !one.end);
    if (!owner) return 'not-downloaded';
    owner.end = 'complete';
    this.usedAt = this.now;
    return 'used';
  }

  revoke(): void {
    if (!this.isOver()) this.endAll('revoked');
  }

  spend(): void {
    if (!this.isOver()) this.usedAt = this.now;
  }

  isSwept(): boolean {
    const due = this.usedAt === undefined ? (this.finishBy ?? this.expiresAt) : this.usedAt + 60_000;
    return this.live().length === 0 && this.now >= due;
  }

  /** Rule 7, straight from its words. */
  coverage(transfer: ModelTransfer): Set<number> {
    const covered = new Set<number>();
    const log = this.log.filter((one) => one.transfer === transfer);
    for (const one of log) {
      if (one.end?.how === 'delivered') addBlocks(covered, one.from, one.to);
      if (one.end?.how !== 'broken') continue;
      for (const later of log) {
        const beside = later.began < one.end.tick;
        const within = one.from < later.from && later.from <= one.from + one.sent;
        if (later.began > one.began && within && !(beside && later.from === one.to))
          addBlocks(covered, one.from, later.from);
      }
    }
    return covered;
  }

  sentBlocks(transfer: ModelTransfer): Set<number> {
    const sent = new Set<number>();
    for (const one of this.log) if (one.transfer === transfer) addBlocks(sent, one.from, one.from + one.sent);
    return sent;
  }

  private isWhole = (one: ModelAttempt) => one.from === 0 && one.to === this.terms.blocks;

  private counts = (transfer: ModelTransfer) =>
    this.transfers.includes(transfer) && !transfer.end && !this.isOver();

  private verdict(attempt: ModelAttempt, accepted: boolean): ModelVerdict {
    return { accepted, state: attempt.transfer.end === 'exhausted' ? 'exhausted' : this.state() };
  }

  private send(attempt: ModelAttempt, sent: number): void {
    const before = this.sentBlocks(attempt.transfer);
    const target = Math.max(attempt.sent, Math.min(sent, attempt.to - attempt.from));
    for (let block = attempt.from + attempt.sent; block < attempt.from + target; block += 1)
      if (before.has(block)) attempt.transfer.resent += 1;
    attempt.sent = target;
    this.own(attempt.transfer);
  }

  private own(transfer: ModelTransfer): void {
    const { blocks, unit, maxDownloads, windowMs } = this.terms;
    const enough = Math.min(blocks * unit, 65_536);
    if (transfer.owner || !this.counts(transfer) || this.sentBlocks(transfer).size * unit < enough) return;
    const owners = this.transfers.filter((one) => one.owner);
    const idle = owners.find((one) => !one.end && this.live(one).length === 0);
    if (owners.length === maxDownloads) this.transfers = this.transfers.filter((one) => one !== idle);
    transfer.owner = true;
    this.finishBy ??= this.now + windowMs;
  }

  private finish(attempt: ModelAttempt, how: 'delivered' | 'broken'): void {
    const { transfer } = attempt;
    const counts = this.counts(transfer);
    const tick = (this.tick += 1);
    this.watchCoverage(transfer, () => (attempt.end = { how: counts ? how : 'void', tick }));
    if (!counts) return;
    const { blocks } = this.terms;
    const full = blocks === 0 ? how === 'delivered' : this.coverage(transfer).size === blocks;
    if (full && this.terms.confirm === 'connection') {
      transfer.end = 'complete';
      this.conclude();
      return;
    }
    if (full) this.unconfirmedSince ??= this.now;
    this.checkBudget(transfer);
  }

  private checkBudget(transfer: ModelTransfer): void {
    const { blocks, unit } = this.terms;
    const over = transfer.resent * unit > 2 * blocks * unit + 64 * 1024 * 1024;
    if (!over || !transfer.owner || !this.counts(transfer)) return;
    transfer.end = 'exhausted';
    this.conclude();
  }

  private conclude(): void {
    const ends = this.transfers.filter((one) => one.end);
    if (ends.length < this.terms.maxDownloads) return;
    if (ends.some((one) => one.end === 'exhausted')) this.endAll('exhausted');
    else this.usedAt = this.now;
  }

  private endAll(how: 'revoked' | 'exhausted'): void {
    this.ended = how;
    for (const one of this.live()) one.end = { how: 'void', tick: this.tick };
  }

  private watchCoverage(transfer: ModelTransfer, event: () => unknown): void {
    const before = this.coverage(transfer).size;
    event();
    if (this.coverage(transfer).size > before) transfer.resent = 0;
  }
}

function addBlocks(set: Set<number>, from: number, to: number): void {
  for (let block = from; block < to; block += 1) set.add(block);
}
