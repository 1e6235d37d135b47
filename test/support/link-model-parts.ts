export interface ModelTerms {
  readonly blocks: number;
  /** Bytes of a block. */
  readonly unit: number;
  readonly maxDownloads: number;
  readonly bind: 'client' | 'none';
  readonly confirm: 'connection' | 'digest';
  readonly ttlMs: number;
  readonly windowMs: number;
}

export interface ModelTransfer {
  readonly client: string;
  owner: boolean;
  end: 'complete' | 'exhausted' | undefined;
  /** Blocks sent again since the coverage last grew. */
  resent: number;
}

export interface ModelAttempt {
  readonly transfer: ModelTransfer;
  readonly from: number;
  readonly to: number;
  readonly began: number;
  sent: number;
  lease: number;
  progressAt: number;
  end: { readonly how: 'delivered' | 'broken' | 'void'; readonly tick: number } | undefined;
}

export type ModelClaim =
  { readonly attempt: ModelAttempt; readonly displaced: ModelAttempt[] } | { readonly refusal: string };

export interface ModelVerdict {
  readonly accepted: boolean;
  readonly state: string;
}
