import { Injectable } from '@nestjs/common';
import type { LinkSnapshot } from '../../download-tokens/claim.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { RunningAttempts } from '../delivery/running-attempts.js';
import { LinkRecordsService } from './link-records.service.js';

/** Ends links before their time: in the store, in the record, and in the streams that still run. */
@Injectable()
export class LinkEndingService {
  constructor(
    private readonly tokens: DownloadTokensService,
    private readonly records: LinkRecordsService,
    private readonly running: RunningAttempts,
  ) {}

  /** @returns the link as it is then; undefined when the store does not know it */
  async revoke(linkId: string, reason: string): Promise<LinkSnapshot | undefined> {
    const ended = await this.tokens.revoke(linkId, reason);
    if (!ended) return undefined;
    await this.records.stateChanged(linkId, ended.state, ended.link);
    await this.running.cutLink(linkId);
    return ended;
  }
}
