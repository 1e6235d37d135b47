import { Injectable } from '@nestjs/common';
import type { Authenticator, Evidence, ObservedRead } from '../../common/authenticator.js';
import type { ByteRange, ByteSource } from '../../common/byte-source.js';
import type { DownloadLink, Transfer } from '../../download-tokens/download-link.js';
import { DigestsService } from '../../backups/digests.service.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { RunningAttempts, type RunningAttempt } from '../delivery/running-attempts.js';
import { proveFrom } from '../delivery/verified-body.js';
import { choosePieces } from './choose-pieces.js';
import { EvidenceNotes } from './evidence-notes.js';
import { unlessAborted } from '../delivery/unless-aborted.js';

/** How long an attempt may stand still before the proof reads for itself what that attempt would have seen. */
const STALL_MS = 5_000;
const LOOK_MS = 100;

/** One answer whose end waits for the proof. */
export interface Proof {
  readonly link: DownloadLink;
  readonly transferId: string;
  readonly attemptId: string;
  /** The whole of what the link delivers. */
  readonly source: ByteSource;
  readonly authenticator: Authenticator;
  /** What this answer saw itself, and of which range. */
  readonly observed: ObservedRead;
  readonly range: ByteRange;
  readonly signal: AbortSignal;
}

/**
 * Proves a file to be authentic from what the attempts of one transfer saw, so that nothing is read twice in the normal
 * case: a resumed download proves its parts together, and the end of a parallel one waits for its other parts.
 */
@Injectable()
export class ProofService {
  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly running: RunningAttempts,
    private readonly notes: EvidenceNotes,
    private readonly digests: DigestsService,
  ) {}

  /**
   * Resolves when the answer's end may be released. That takes the proof when it ends the file, or when the file's end
   * is out already: what comes last completes the client's file.
   * @throws AuthenticityError
   */
  async prove(proof: Proof): Promise<void> {
    const { authenticator, range, signal } = proof;
    const { size } = proof.source;
    const seen = proof.observed.checkpoints();
    const all = seen.at(-1);
    if (all?.start === 0 && all.end === size) return proveFrom(authenticator, [all], signal);
    const transfer = await this.transferOf(proof);
    if (range.end < size && !this.endIsOut(proof, transfer)) return;
    // What is proved as a whole only, is read once for all answers that need it, and remembered.
    if (authenticator.alignment >= size)
      await unlessAborted(this.digests.compute(proof.link, proof.source, true), signal);
    else await proveFrom(authenticator, await this.pieces(proof, seen), signal);
  }

  private endIsOut({ transferId, source }: Proof, transfer: Transfer | undefined): boolean {
    const { size } = source;
    const covered = transfer?.coverage.at(-1)?.end === size;
    return covered || this.running.ofTransfer(transferId).some((a) => a.range.end === size && a.written());
  }

  private async pieces(proof: Proof, own: readonly Evidence[]): Promise<Evidence[]> {
    const beside = this.running
      .ofTransfer(proof.transferId)
      .filter((other) => other.id !== proof.attemptId && other.range.end < proof.source.size);
    for (const other of beside) await bodyWritten(other, proof.signal);
    const notes = (await this.transferOf(proof))?.notes ?? [];
    return choosePieces([
      own,
      ...beside.map((other) => other.trail()).reverse(),
      ...notes.map((note) => this.notes.read(proof.link.id, note)).reverse(),
    ]);
  }

  private async transferOf({ link, transferId }: Proof): Promise<Transfer | undefined> {
    const stored = await this.tokens.describe(link.id);
    return stored?.link.transfers.find((transfer) => transfer.id === transferId);
  }
}

/** Resolves when the attempt's body is written or has failed, or when it stands still. */
async function bodyWritten(attempt: RunningAttempt, signal: AbortSignal): Promise<void> {
  let sent = -1;
  let since = performance.now();
  while (!attempt.written() && !attempt.failed()) {
    signal.throwIfAborted();
    if (attempt.sent() !== sent) {
      sent = attempt.sent();
      since = performance.now();
    } else if (performance.now() - since > STALL_MS) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
