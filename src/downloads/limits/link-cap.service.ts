import { Inject, Injectable } from '@nestjs/common';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { DOWNLOADS_OPTIONS, type DownloadsOptions } from '../downloads.options.js';
import { tooManyLinks } from './limit-refusals.js';

/** Bounds what the token store holds, however fast links are minted. */
@Injectable()
export class LinkCapService {
  constructor(
    private readonly tokens: DownloadTokensService,
    @Inject(DOWNLOADS_OPTIONS) private readonly options: Pick<DownloadsOptions, 'limits'>,
  ) {}

  /**
   * To be asked before each mint. Those that ask at the same moment do not see one another, so that the cap may be
   * passed by as many.
   * @throws ProblemError 429
   */
  async check(): Promise<void> {
    if ((await this.tokens.count()) >= this.options.limits.maxLiveLinks) throw tooManyLinks();
  }
}
