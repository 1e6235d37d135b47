import { Injectable } from '@nestjs/common';
import type { ByteRange } from '../../common/byte-source.js';
import type { Trail } from '../proof/choose-pieces.js';

/** The attempt was ended by us, for a reason that has nothing to do with the client or the storage. */
export class CutError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CutError';
  }
}

/** A response of this process that still runs or waits for its verdict. */
export interface RunningAttempt {
  readonly id: string;
  readonly linkId: string;
  readonly transferId: string;
  readonly range: ByteRange;
  /** Bytes of its body that the kernel has taken. */
  sent(): number;
  /** All of its body is written; its verdict may be open. */
  written(): boolean;
  /** Its body will not be written to the end. */
  failed(): boolean;
  /** Evidence of what was sent so far. */
  trail(): Trail;
  /** Books at once how far it is. */
  report(): Promise<void>;
  /** Ends it visibly broken. */
  cut(reason: string): void;
  /** Resolves when it is over and its outcome is written down. */
  readonly over: Promise<void>;
}

/** The attempts of this process, for those who must end them or wait for them. */
@Injectable()
export class RunningAttempts {
  private readonly attempts = new Map<string, RunningAttempt>();

  get count(): number {
    return this.attempts.size;
  }

  ofTransfer(transferId: string): RunningAttempt[] {
    return [...this.attempts.values()].filter((attempt) => attempt.transferId === transferId);
  }

  add(attempt: RunningAttempt): void {
    this.attempts.set(attempt.id, attempt);
    void attempt.over.finally(() => this.attempts.delete(attempt.id));
  }

  /** Books at once how far the link's attempts are: what they sent may make one the owner. */
  async report(linkId: string): Promise<void> {
    const attempts = [...this.attempts.values()].filter((attempt) => attempt.linkId === linkId);
    await Promise.all(attempts.map((attempt) => attempt.report()));
  }

  /** Cuts those of them that run here, and waits until they are over. */
  async cut(ids: readonly string[]): Promise<void> {
    await this.cutAll('taken-over', (attempt) => ids.includes(attempt.id));
  }

  async cutLink(linkId: string): Promise<void> {
    await this.cutAll('revoked', (attempt) => attempt.linkId === linkId);
  }

  /** Lets all end by themselves for at most `drainMs`, then cuts the rest. */
  async drain(drainMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, drainMs)));
    await Promise.race([Promise.all([...this.attempts.values()].map((attempt) => attempt.over)), timeout]);
    clearTimeout(timer);
    await this.cutAll('shutdown', () => true);
  }

  private async cutAll(reason: string, which: (attempt: RunningAttempt) => boolean): Promise<void> {
    const chosen = [...this.attempts.values()].filter(which);
    for (const attempt of chosen) attempt.cut(reason);
    await Promise.all(chosen.map((attempt) => attempt.over));
  }
}
