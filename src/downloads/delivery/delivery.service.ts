import { setImmediate as turn } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import type { LiveAttempt } from '../../download-tokens/download-link.js';
import { isStorageError } from '../../storage/storage-error.js';
import { bodyHeaders } from '../http/response-headers.js';
import { LinkEndingService } from '../links/link-ending.service.js';
import { RedemptionService, type Offer } from '../redeeming/redemption.service.js';
import { downloadFailed, fileChanged, shuttingDown } from '../redeeming/refusals.js';
import { AttemptLedger, type AttemptResult } from './attempt-ledger.js';
import { BodyWriter, ConnectionLostError } from './body-writer.js';
import { ConnectionsService } from './connections.service.js';
import { LeaseKeeper } from './lease-keeper.js';
import { CutError, RunningAttempts } from './running-attempts.js';
import { AuthenticityError, verifiedBody } from './verified-body.js';

/** How long a stopping service lets downloads and verdicts end by themselves. */
const DRAIN_MS = 15_000;

/** One granted claim on its way to the client. */
interface Delivery {
  readonly offer: Offer;
  readonly attempt: LiveAttempt;
  /** Attempts it takes over: their connections end before it sends a byte. */
  readonly displaced: readonly string[];
  readonly response: Response;
  readonly writer: BodyWriter;
  readonly abort: AbortController;
  readonly lease: LeaseKeeper;
}

/** Claims the link, sends the body, waits for the verdict, and spends the token or gives it back. */
@Injectable()
export class DeliveryService implements BeforeApplicationShutdown {
  private stopping = false;

  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly redemption: RedemptionService,
    private readonly connections: ConnectionsService,
    private readonly running: RunningAttempts,
    private readonly ledger: AttemptLedger,
    private readonly ending: LinkEndingService,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.running.drain(DRAIN_MS);
  }

  /**
   * @throws ProblemError while nothing was sent: 401, 409, 500, 503. Later failures destroy the connection instead.
   */
  async deliver(offer: Offer, request: Request, response: Response): Promise<void> {
    if (this.stopping) throw shuttingDown();
    const { client, range, link, token } = offer;
    const claim = await this.tokens.consumeDownloadToken(token, { client, range });
    if (!claim.granted) throw this.redemption.refusal(claim.refusal, claim.link ?? link);

    const { attempt, displaced } = claim;
    const writer = new BodyWriter(response);
    const abort = new AbortController();
    const cut = (reason: string) => {
      abort.abort(new CutError(reason));
      response.destroy();
    };
    const lease = new LeaseKeeper(this.tokens, token, attempt.id, () => writer.sent, cut);
    const finished = this.run({ offer, attempt, displaced, response, writer, abort, lease }, request);
    const over = finished.then(
      () => undefined,
      () => undefined,
    );
    this.running.add({ id: attempt.id, linkId: link.id, cut, over });
    this.connections.occupy(request.socket, over);
    // It may have begun to stop while the claim was under way; then nobody waits for this attempt.
    if (this.isStopping()) cut('shutdown');
    await this.answerFailure(await finished, offer, response);
  }

  /** From the granted claim to the written-down outcome. Resolves with what it failed of, if it did. */
  private async run(delivery: Delivery, request: Request): Promise<unknown> {
    const { offer, attempt, response, writer, abort, lease } = delivery;
    const record = {
      id: attempt.id,
      linkId: offer.link.id,
      transferId: attempt.transferId,
      client: offer.client,
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 256),
      range: offer.range,
    };
    response.once('close', () => {
      abort.abort(new ConnectionLostError());
    });
    let failure: unknown;
    let result: AttemptResult | undefined;
    try {
      await this.running.cut(delivery.displaced);
      await this.ledger.begin(record);
      result = await this.send(delivery);
    } catch (error) {
      failure = error;
    }
    await lease.stop();
    const broken = () => ({ ...whyBroken(failure, abort.signal), sent: writer.sent });
    await this.ledger.end(offer.token, record, result ?? broken());
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

  private isStopping(): boolean {
    return this.stopping;
  }

  /** The body, its first chunk read and its connection watched before the status line goes out. */
  private async send({ offer, response, writer, abort, lease }: Delivery): Promise<AttemptResult> {
    // By the second turn of the loop a client that half-closed right behind its request has been heard.
    await turn();
    await turn();
    const body = verifiedBody(offer.source, offer.range, abort.signal);
    let step = await body.next();
    const watch = await this.connections.watch(response);
    try {
      if (!watch) throw new ConnectionLostError();
      const { fileName, etag, range, status } = offer;
      response.writeHead(status, bodyHeaders({ fileName, etag, range, status, size: offer.source.size }));
      for (; !step.done; step = await body.next()) {
        await writer.write(step.value);
        lease.advanced();
      }
      await writer.end();
    } catch (error) {
      // Never an end that looks like one: the client must see that the body is broken.
      watch?.cut();
      await watch?.verdict;
      throw error;
    } finally {
      await body.return();
    }
    const verdict = await watch.verdict;
    return verdict.delivered
      ? { outcome: 'delivered', reason: verdict.by, sent: writer.sent }
      : { outcome: 'broken', reason: verdict.reason, sent: writer.sent };
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
