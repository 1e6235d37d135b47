import type { AttemptProgress, AttemptVerdict, Claim, ClaimRequest, SweptLink } from './claim.js';
import type { DownloadLink } from './download-link.js';

export interface GenerateOptions {
  /** Default `TOKEN_TTL_MS`. */
  readonly ttlMs?: number;
  readonly maxDownloads?: number;
  readonly bind?: 'client' | 'none';
  readonly size?: number;
  readonly version?: string;
}

export interface GeneratedToken {
  /** The only time it is ever seen: 256 bits, base64url. */
  readonly token: string;
  readonly link: DownloadLink;
}

/** Hands out single-use tokens and rules over them. TO BE WRITTEN by the helper. */
export declare class DownloadTokensService {
  generateDownloadToken(
    storageId: string,
    file: string,
    decrypt?: boolean,
    options?: GenerateOptions,
  ): Promise<GeneratedToken>;
  /** Reads without changing anything: what a claim would meet. `request` undefined: a whole GET is not asked for. */
  inspect(
    token: string,
    request?: ClaimRequest,
  ): Promise<{ link: DownloadLink; refusal?: Claim } | undefined>;
  consumeDownloadToken(token: string, request?: ClaimRequest): Promise<Claim>;
  renewLease(token: string, attemptId: string, progress: AttemptProgress): Promise<boolean>;
  markTokenUsed(token: string, attemptId?: string): Promise<AttemptVerdict>;
  releaseToken(token: string, attemptId: string, progress?: AttemptProgress): Promise<AttemptVerdict>;
  revoke(id: string, reason: string): Promise<DownloadLink | undefined>;
  cleanUp(): Promise<SweptLink[]>;
}
