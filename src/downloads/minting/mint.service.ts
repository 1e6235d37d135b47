import { Inject, Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { LINK_MINTED, type LinkMintedEvent } from '../../common/events.js';
import type { Principal } from '../../common/principal.js';
import { badRequest } from '../../common/problem.js';
import { checkStoragePath } from '../../common/storage-path.js';
import { BackupFormatsService } from '../../crypto/backup-formats.service.js';
import { DownloadTokensService } from '../../download-tokens/download-tokens.service.js';
import { storageProblem } from '../../storage/storage-problem.js';
import { BackupOpenerService } from '../../backups/backup-opener.service.js';
import { DigestsService } from '../../backups/digests.service.js';
import { notABackup } from '../../backups/not-a-backup.js';
import { buildCommands } from '../commands/build-commands.js';
import { DOWNLOADS_OPTIONS, type DownloadsOptions } from '../downloads.options.js';
import { LinkCapService } from '../limits/link-cap.service.js';
import { LinkRecordsService } from '../links/link-records.service.js';
import { VerificationService } from '../verification/verification.service.js';
import { humanDuration } from './human-duration.js';
import type { MintedLinkDto, MintLinkDto } from './mint.dto.js';

const ENDPOINT = '/api/storage/public-download';

/** Makes links: checks that the backup can be delivered, pins what it is, and hands out the token once. */
@Injectable()
export class MintService {
  constructor(
    private readonly opener: BackupOpenerService,
    private readonly formats: BackupFormatsService,
    private readonly tokens: DownloadTokensService,
    private readonly linkCap: LinkCapService,
    private readonly records: LinkRecordsService,
    private readonly digests: DigestsService,
    private readonly verification: VerificationService,
    private readonly events: EventEmitter2,
    @Inject(DOWNLOADS_OPTIONS) private readonly options: DownloadsOptions,
  ) {}

  /** @throws ProblemError 400, 404, 422, 429, 502, 503 */
  async mint(storageId: string, request: MintLinkDto, issuer: Principal): Promise<MintedLinkDto> {
    const file = checkStoragePath(request.file);
    if (this.formats.isSidecar(file)) throw notABackup();
    await this.linkCap.check();
    const { decrypt, sidecar, maxDownloads, bind, confirm, ttlMs, verify } = request;
    if (decrypt && sidecar) throw bundleOfPlaintext();
    const { source, fileName, encrypted } = await this.opener
      .open(storageId, file, { decrypt, sidecar })
      .catch((error: unknown) => {
        throw storageProblem(error);
      });
    const { size, version, integrity } = source;
    const sha256 = await this.digests.find({ storageId, file, version });
    const needed = sha256 === undefined ? 'running' : 'passed';
    const verification = verify === 'first' ? needed : null;
    const { token, link } = await this.tokens.generateDownloadToken(storageId, file, decrypt, {
      ...{ size, version, sidecar, maxDownloads, bind, confirm },
      verifyFirst: verification === 'running',
      ...(ttlMs === undefined ? {} : { ttlMs }),
    });
    await this.records.linkMinted({ link, fileName, encrypted, integrity, verification, issuer });
    this.verification.ensure(link);
    const event: LinkMintedEvent = { linkId: link.id, storageId };
    this.events.emit(LINK_MINTED, event);

    const endpoint = this.options.publicUrl + ENDPOINT;
    const url = `${endpoint}?token=${token}`;
    return {
      success: true,
      url,
      expiresIn: humanDuration(link.expiresAt - link.createdAt),
      singleUse: true,
      id: link.id,
      expiresAt: new Date(link.expiresAt).toISOString(),
      fileName,
      size,
      ...(sha256 === undefined ? {} : { sha256 }),
      encrypted,
      commands: buildCommands({
        ...{ url, token, endpoint, linkId: link.id, fileName, size, sha256 },
        ...(confirm === 'digest' ? { confirmEndpoint: `${endpoint}/confirm` } : {}),
      }),
      ...(this.options.publicUrlWarning === undefined ? {} : { warning: this.options.publicUrlWarning }),
    };
  }
}

const bundleOfPlaintext = () =>
  badRequest('"sidecar" goes with "decrypt": false: a decrypted file needs no sidecar.');
