import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { LINKS_SWEPT } from '../common/events.js';
import type {
  AttemptProgress,
  AttemptVerdict,
  Claim,
  ClaimRequest,
  Confirmation,
  Inspection,
  LinkSnapshot,
  SweptLink,
} from './claim.js';
import type { DownloadLink } from './download-link.js';
import { DownloadTokenStore, type LinkChange } from './download-token-store.js';
import { DOWNLOAD_TOKENS_OPTIONS, type DownloadTokensOptions } from './download-tokens.options.js';
import { checkGenerateOptions, type GeneratedToken, type GenerateOptions } from './generate-options.js';
import {
  ANYBODY,
  claim,
  confirmed,
  delivered,
  newLink,
  released,
  renew,
  revoked,
  spent,
  startPostponed,
  stateOf,
  TOKEN_TTL_MS,
  TRANSFER_WINDOW_MS,
  verified,
} from './rules/index.js';
import { hashToken, newToken } from './token.js';

const UNKNOWN: Claim = { granted: false, refusal: 'unknown' };
const OUT_OF_REACH: AttemptVerdict = { accepted: false, state: 'expired' };

/**
 * Hands out single-use tokens and rules over them. It needs no Nest: a store and options will do.
 * Every method throws ProblemError 503 `store-unavailable` when the store does not answer.
 */
@Injectable()
export class DownloadTokensService {
  constructor(
    @Inject(DownloadTokenStore) private readonly store: DownloadTokenStore,
    @Inject(DOWNLOAD_TOKENS_OPTIONS) private readonly options: DownloadTokensOptions = {},
    @Optional() @Inject(EventEmitter2) private readonly events?: EventEmitter2,
  ) {}

  /**
   * Mints a link for a file of a storage; whether both exist is the caller's matter.
   * @throws ProblemError 400 for options that cannot be
   */
  async generateDownloadToken(
    storageId: string,
    file: string,
    decrypt = true,
    options: GenerateOptions = {},
  ): Promise<GeneratedToken> {
    checkGenerateOptions(options);
    const { ttlMs = this.options.tokenTtlMs ?? TOKEN_TTL_MS, maxDownloads = 1, bind = 'client' } = options;
    const { size = 0, version = '', confirm = 'connection', sidecar = false, verifyFirst = false } = options;
    const transferWindowMs = this.options.transferWindowMs ?? TRANSFER_WINDOW_MS;
    const id = randomUUID();
    const token = newToken();
    const link = await this.store.create(hashToken(token) ?? '', (createdAt) =>
      newLink(
        {
          ...{ id, storageId, file, decrypt, sidecar, createdAt, expiresAt: createdAt + ttlMs },
          ...{ transferWindowMs, size, version, maxDownloads, bind, confirm },
        },
        verifyFirst ? { state: 'running', ttlMs } : null,
      ),
    );
    return { token, link };
  }

  /** What a claim would meet now; changes nothing. Without a request only the link. Undefined: unknown token. */
  async inspect(token: string, request?: ClaimRequest): Promise<Inspection | undefined> {
    const hash = hashToken(token);
    const found = hash === undefined ? undefined : await this.store.find(hash);
    if (!found) return undefined;
    const { link, now } = found;
    const inspection = { link, state: stateOf(link, now) };
    if (!request) return inspection;
    const { result } = claim(link, request, now, { attempt: '', transfer: '' });
    return result.granted ? inspection : { ...inspection, refusal: result.refusal };
  }

  /**
   * Claims the link for one attempt, in one atomic step; it never spends the token. Without a request: a whole GET.
   * A granted attempt holds a lease of `LEASE_MS`: renew it until its verdict.
   */
  async consumeDownloadToken(token: string, request?: ClaimRequest): Promise<Claim> {
    const ids = { attempt: randomUUID(), transfer: randomUUID() };
    const change: LinkChange<Claim> = (link, now) => {
      const whole = { client: ANYBODY, range: { start: 0, end: link.size } };
      return claim(link, request ?? whole, now, ids);
    };
    return (await this.update(token, change)) ?? UNKNOWN;
  }

  /**
   * Reports how far the attempt is: every `LEASE_RENEWAL_MS`, and once right after its first `OWNERSHIP_BYTES`, so that
   * the link is owned (and `finishBy` set) when its first client breaks off.
   */
  async renewLease(token: string, attemptId: string, progress: AttemptProgress): Promise<AttemptVerdict> {
    return (await this.update(token, (link, now) => renew(link, attemptId, progress, now))) ?? OUT_OF_REACH;
  }

  /** The attempt's range is delivered: spends the token once all bytes are. Without an attempt: spends it at once. */
  async markTokenUsed(token: string, attemptId?: string, note?: string): Promise<AttemptVerdict> {
    const change: LinkChange<AttemptVerdict> = (link, now) =>
      attemptId === undefined ? spent(link, now) : delivered(link, attemptId, now, note);
    return (await this.update(token, change)) ?? OUT_OF_REACH;
  }

  /** The client has shown the SHA-256 of all bytes, and the caller that it is the right one. Undefined: unknown token. */
  async confirm(token: string): Promise<Confirmation | undefined> {
    return this.update(token, (link, now) => confirmed(link, now));
  }

  /** What a right confirmation would meet now; changes nothing. Undefined: unknown token. */
  async inspectConfirmation(token: string): Promise<Confirmation | undefined> {
    const hash = hashToken(token);
    const found = hash === undefined ? undefined : await this.store.find(hash);
    return found && confirmed(found.link, found.now).result;
  }

  /** The attempt failed: gives the token back. */
  async releaseToken(token: string, attemptId: string, progress?: AttemptProgress): Promise<AttemptVerdict> {
    return (
      (await this.update(token, (link, now) => released(link, attemptId, progress, now))) ?? OUT_OF_REACH
    );
  }

  /** Ends the link, unless it is over already; the answer tells which. Undefined: unknown id. */
  async revoke(id: string, reason: string): Promise<LinkSnapshot | undefined> {
    return this.store.updateById(id, (link, now) => revoked(link, reason, now));
  }

  /** The link's verification still runs: its start-by counts anew. Undefined: unknown id. */
  async postponeStart(id: string): Promise<LinkSnapshot | undefined> {
    return this.store.updateById(id, startPostponed);
  }

  /** The link's content is verified: claims are granted, and its start-by counts from now. Undefined: unknown id. */
  async markVerified(id: string): Promise<LinkSnapshot | undefined> {
    return this.store.updateById(id, verified);
  }

  /** A live link and its state, by its public id. */
  async describe(id: string): Promise<LinkSnapshot | undefined> {
    const found = await this.store.findById(id);
    return found && { link: found.link, state: stateOf(found.link, found.now) };
  }

  /** How many links the store holds, those included that are over and not swept yet. */
  async count(): Promise<number> {
    return this.store.count();
  }

  /** Removes links that are over, and tells `LINKS_SWEPT` about them. */
  async cleanUp(): Promise<SweptLink[]> {
    const { links, now } = await this.store.sweep();
    const swept = links.map((link: DownloadLink) => ({ link, state: stateOf(link, now) }));
    if (swept.length > 0) this.events?.emit(LINKS_SWEPT, swept);
    return swept;
  }

  private async update<T>(token: string, change: LinkChange<T>): Promise<T | undefined> {
    const hash = hashToken(token);
    return hash === undefined ? undefined : this.store.update(hash, change);
  }
}
