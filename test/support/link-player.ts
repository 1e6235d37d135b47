import type { AttemptVerdict, Claim, Confirmation } from '../../src/download-tokens/claim.js';
import type { DownloadLink, LinkTerms } from '../../src/download-tokens/download-link.js';
import type { Change } from '../../src/download-tokens/download-token-store.js';
import {
  claim,
  confirmed,
  delivered,
  released,
  renew,
  revoked,
  spent,
  stateOf,
  sweepAt,
} from '../../src/download-tokens/rules/index.js';
import { linkOf } from './download-link.js';

/** Plays the pure rules on one link, with a clock set by hand; attempts and transfers are named a1, t1, a2, t2, ... */
export class LinkPlayer {
  link: DownloadLink;
  now: number;
  private claims = 0;

  constructor(terms: Partial<LinkTerms> = {}) {
    this.link = linkOf(terms);
    this.now = this.link.createdAt;
  }

  get state() {
    return stateOf(this.link, this.now);
  }

  get sweepAt() {
    return sweepAt(this.link);
  }

  /** The covered stretches of a client's newest transfer, as `start-end`. */
  coverage(client = 'A'): string {
    const transfer = this.link.transfers.filter((one) => one.client === client).at(-1);
    return (transfer?.coverage ?? []).map(({ start, end }) => `${start}-${end}`).join();
  }

  owners(): string[] {
    return this.link.transfers.filter((one) => one.ownedAt !== null).map((one) => one.client);
  }

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  ask(client = 'A', start = 0, end = this.link.size): Claim {
    this.claims += 1;
    const ids = { attempt: `a${this.claims}`, transfer: `t${this.claims}` };
    return this.apply(claim(this.link, { client, range: { start, end } }, this.now, ids));
  }

  /** A claim that must be granted; its attempt's id. */
  get(client = 'A', start = 0, end = this.link.size): string {
    const answer = this.ask(client, start, end);
    if (!answer.granted) throw new Error(`refused: ${answer.refusal}`);
    return answer.attempt.id;
  }

  /** Why a claim is refused; `granted` when it is not. */
  refusal(client = 'A', start = 0, end = this.link.size): string {
    const answer = this.ask(client, start, end);
    return answer.granted ? 'granted' : answer.refusal;
  }

  renew(attempt: string, sent: number, advanced = true): AttemptVerdict {
    return this.apply(renew(this.link, attempt, { sent, advanced }, this.now));
  }

  deliver(attempt: string): AttemptVerdict {
    return this.apply(delivered(this.link, attempt, this.now));
  }

  release(attempt: string, sent?: number): AttemptVerdict {
    const progress = sent === undefined ? undefined : { sent, advanced: false };
    return this.apply(released(this.link, attempt, progress, this.now));
  }

  confirm(): Confirmation {
    return this.apply(confirmed(this.link, this.now));
  }

  revoke(reason: string) {
    return this.apply(revoked(this.link, reason, this.now));
  }

  spend(): AttemptVerdict {
    return this.apply(spent(this.link, this.now));
  }

  private apply<T>({ next, result }: Change<T>): T {
    this.link = next;
    return result;
  }
}
