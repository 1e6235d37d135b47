import { setImmediate as turn } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DigestsService } from '../../backups/digests.service.js';
import type { Claim } from '../../download-tokens/claim.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { patiently } from '../../storage/patiently.js';
import { isStorageError } from '../../storage/storage-error.js';
import { DOWNLOADS_OPTIONS, type DownloadsOptions } from '../downloads.options.js';
import { bodyHeaders } from '../http/response-headers.js';
import { SlowReadersService } from '../limits/slow-readers.service.js';
import { StreamSlots } from '../limits/stream-slots.js';
import { LinkEndingService } from '../links/link-ending.service.js';
import { EvidenceNotes } from '../proof/evidence-notes.js';
import { ProofService } from '../proof/proof.service.js';
import { RedemptionService, type Offer } from '../redeeming/redemption.service.js';
import { downloadFailed, fileChanged, shuttingDown } from '../redeeming/refusals.js';
import { AttemptLedger, type AttemptResult } from './attempt-ledger.js';
import { BodyTaps } from './body-taps.js';
import { ConnectionLostError } from './body-writer.js';
import { ConnectionsService } from './connections.service.js';
import { CutError, RunningAttempts } from './running-attempts.js';
import { RunningDelivery } from './running-delivery.js';
import { unlessAborted } from './unless-aborted.js';
import { AuthenticityError, verifiedBody, type Vouching } from './verified-body.js';

/** How long a source may take to free what it holds. */
const FREEING_MS = 1_000;

type GrantedClaim = Extract<Claim, { granted: true }>;

/** Claims the link, sends the body, waits for the verdict, and spends the token or gives it back. */
@Injectable()
export class DeliveryService implements OnModuleDestroy, BeforeApplicationShutdown {
  private stopping = false;

  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly redemption: RedemptionService,
    private readonly connections: ConnectionsService,
    private readonly running: RunningAttempts,
    private readonly ledger: AttemptLedger,
    private readonly ending: LinkEndingService,
    private readonly proofs: ProofService,
    private readonly notes: EvidenceNotes,
    private readonly digests: DigestsService,
    private readonly taps: BodyTaps,
    private readonly slots: StreamSlots,
    private readonly slowReaders: SlowReadersService,
    @Inject(DOWNLOADS_OPTIONS) private readonly options: DownloadsOptions,
  ) {}

  onModuleDestroy(): void {
    this.stopping = true;
  }

  /** Before the server closes: it would take a connection whose verdict is pending for an idle one. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.running.drain(this.options.drainMs);
  }

  /**
   * @throws ProblemError while nothing was sent: 401, 409, 500, 503. Later failures destroy the connection instead.
   */
  async deliver(offer: Offer, request: Request, response: Response): Promise<void> {
    if (this.stopping) throw shuttingDown();
    this.slots.check();
    const { client, range, link, token } = offer;
    const claim = await this.tokens.consumeDownloadToken(token, { client, range });
    if (!claim.granted) throw this.redemption.refusal(claim.refusal, claim.link ?? link);
    // Only who was granted a claim takes a place: of a crowd at one link that is one.
    const leave = await this.enter(token, claim.attempt.id);
    try {
      await this.start(offer, claim, request, response);
    } finally {
      leave();
    }
  }

  /** What may have changed while the claim was under way gives it back. */
  private async enter(token: string, attemptId: string): Promise<() => void> {
    try {
      if (this.stopping) throw shuttingDown();
      return this.slots.enter();
    } catch (error) {
      await this.tokens.releaseToken(token, attemptId);
      throw error;
    }
  }

  private async start(
    offer: Offer,
    claim: GrantedClaim,
    request: Request,
    response: Response,
  ): Promise<void> {
    const delivery = new RunningDelivery(offer, claim.attempt, request, response, this.tokens);
    const finished = this.run(delivery, claim.displaced);
    delivery.over = finished.then(
      () => undefined,
      () => undefined,
    );
    this.running.add(delivery);
    this.digests.makeWayFor(delivery.over);
    void delivery.over.then(this.slowReaders.watch(delivery));
    this.connections.occupy(request.socket, delivery.over);
    await this.answerFailure(await finished, offer, response);
  }

  /** From the granted claim to the written-down outcome. Resolves with what it failed of, if it did. */
  private async run(delivery: RunningDelivery, displaced: readonly string[]): Promise<unknown> {
    const { offer, record, lease, writer, signal } = delivery;
    let failure: unknown;
    let result: AttemptResult | undefined;
    try {
      // The connections of attempts that this one takes over end before it sends a byte.
      await this.running.cut(displaced);
      await this.ledger.begin(record);
      result = await this.send(delivery);
    } catch (error) {
      failure = error;
    }
    await lease.stop();
    result ??= { ...whyBroken(failure, signal), sent: writer.sent };
    const trail = result.outcome === 'delivered' ? delivery.trail().slice(-1) : delivery.trail();
    await this.ledger.end(offer.token, record, { ...result, note: this.notes.write(record.linkId, trail) });
    return failure;
  }

  /** What the client is told of a failure, while it can still be told anything. */
  private async answerFailure(failure: unknown, offer: Offer, response: Response): Promise<void> {
    if (failure === undefined) return;
    const changed = isStorageError(failure, 'changed');
    if (changed) await this.ending.revoke(offer.link.id, 'changed');
    if (response.headersSent || response.destroyed) return;
    throw changed ? fileChanged(failure) : downloadFailed(failure);
  }

  /** The body, its first chunk read and its connection watched before the status line goes out. */
  private async send(delivery: RunningDelivery): Promise<AttemptResult> {
    const { offer, response, writer, lease } = delivery;
    // By the second turn of the loop a client that half-closed right behind its request has been heard.
    await turn();
    await turn();
    const verified = verifiedBody(offer.source, offer.range, delivery.signal, this.vouching(delivery));
    const body = this.taps.on(delivery, verified);
    const next = () => unlessAborted(body.next(), delivery.signal);
    let step = await next();
    const watch = await this.connections.watch(response);
    try {
      if (!watch) throw new ConnectionLostError();
      const { fileName, etag, range, status, sha256 } = offer;
      const { size } = offer.source;
      response.writeHead(status, bodyHeaders({ fileName, etag, range, status, size, sha256 }));
      for (; !step.done; step = await next()) {
        await writer.write(step.value);
        lease.advanced();
      }
      this.rememberProved(offer);
      await writer.end();
    } catch (error) {
      // Never an end that looks like one: the client must see that the body is broken.
      watch?.cut();
      await watch?.verdict;
      throw error;
    } finally {
      // Bounded: what a dead storage holds must not keep the link.
      await patiently(body.return(), FREEING_MS).catch(() => undefined);
    }
    const verdict = await watch.verdict;
    return verdict.delivered
      ? { outcome: 'delivered', reason: verdict.by, sent: writer.sent }
      : { outcome: 'broken', reason: delivery.cutReason ?? verdict.reason, sent: writer.sent };
  }

  /** Whoever has the file's end was proved all of it; for a checksum that is knowing its digest. */
  private rememberProved({ link, range, source, sha256 }: Offer): void {
    const proved = source.authenticator?.sha256;
    if (proved === undefined || sha256 !== undefined || range.end < source.size) return;
    void this.digests.remember(link, proved);
  }

  private vouching(delivery: RunningDelivery): Vouching | undefined {
    const { observed, transferId, id: attemptId, range, signal } = delivery;
    const { link, source } = delivery.offer;
    const { authenticator } = source;
    if (!observed || !authenticator) return undefined;
    const proof = { link, transferId, attemptId, source, authenticator, observed, range, signal };
    return { observed, prove: () => this.proofs.prove(proof) };
  }
}

function whyBroken(failure: unknown, signal: AbortSignal): Omit<AttemptResult, 'sent'> {
  // A write that fails, or a read that was aborted, is only the echo of what ended the attempt.
  const echo = failure instanceof ConnectionLostError || (failure as Error | null)?.name === 'AbortError';
  const cause: unknown = echo && signal.aborted ? signal.reason : failure;
  if (cause instanceof CutError) return { outcome: 'broken', reason: cause.message };
  if (cause instanceof ConnectionLostError) return { outcome: 'broken', reason: 'connection-lost' };
  if (cause instanceof AuthenticityError) return { outcome: 'failed', reason: 'not-authentic' };
  if (isStorageError(cause)) return { outcome: 'failed', reason: `storage-${cause.code}` };
  return { outcome: 'failed', reason: 'internal' };
}
