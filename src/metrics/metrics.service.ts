import { Inject, Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import {
  ATTEMPT_ENDED,
  ATTEMPT_STARTED,
  DIGEST_MISMATCH,
  LINK_CONFIRMED,
  LINK_MINTED,
  REDEEM_REFUSED,
  type AttemptEndedEvent,
  type RedeemRefusedEvent,
} from '../common/events.js';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';

const LINK_STATES = ['available', 'active', 'used', 'expired', 'revoked', 'exhausted'];

/** Counts what the others tell as events; link states are counted in the records when somebody asks. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly minted = new Counter({
    name: 'drawbridge_links_minted_total',
    help: 'Links made',
    registers: [this.registry],
  });
  private readonly attempts = new Counter({
    name: 'drawbridge_attempts_total',
    help: 'HTTP responses of links that have ended',
    labelNames: ['outcome', 'reason'],
    registers: [this.registry],
  });
  private readonly refused = new Counter({
    name: 'drawbridge_redeem_refused_total',
    help: 'Requests of the public endpoint that were refused, by problem code',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  private readonly confirmations = new Counter({
    name: 'drawbridge_confirmations_total',
    help: 'SHA-256 digests that clients named for what they downloaded, by whether they were right',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  private readonly bytes = new Counter({
    name: 'drawbridge_sent_bytes_total',
    help: 'Bytes of files handed to connections',
    registers: [this.registry],
  });
  private readonly streams = new Gauge({
    name: 'drawbridge_active_streams',
    help: 'Responses of links that are running or wait for their verdict',
    registers: [this.registry],
  });

  constructor(@Inject(DATABASE) database: Database) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'drawbridge_links',
      help: 'Links on record, by state',
      labelNames: ['state'],
      registers: [this.registry],
      async collect() {
        const rows = await database
          .selectFrom('links')
          .select(['state', (count) => count.fn.countAll<number>().as('links')])
          .groupBy('state')
          .execute();
        for (const state of LINK_STATES)
          this.set({ state }, rows.find((row) => row.state === state)?.links ?? 0);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  render(): Promise<string> {
    return this.registry.metrics();
  }

  @OnEvent(LINK_MINTED)
  onMinted(): void {
    this.minted.inc();
  }

  @OnEvent(ATTEMPT_STARTED)
  onAttemptStarted(): void {
    this.streams.inc();
  }

  @OnEvent(ATTEMPT_ENDED)
  onAttemptEnded({ outcome, reason, bytesSent }: AttemptEndedEvent): void {
    this.streams.dec();
    this.attempts.inc({ outcome, reason });
    this.bytes.inc(bytesSent);
  }

  @OnEvent(LINK_CONFIRMED)
  onConfirmed(): void {
    this.confirmations.inc({ outcome: 'confirmed' });
  }

  @OnEvent(DIGEST_MISMATCH)
  onMismatch(): void {
    this.confirmations.inc({ outcome: 'mismatch' });
  }

  @OnEvent(REDEEM_REFUSED)
  onRefused({ reason }: RedeemRefusedEvent): void {
    this.refused.inc({ reason });
  }
}
