import { Controller, Get, Head, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../../common/public.decorator.js';
import { baseName } from '../../common/storage-path.js';
import { ConnectionsService } from '../delivery/connections.service.js';
import { DeliveryService } from '../delivery/delivery.service.js';
import { bodyHeaders, PUBLIC_HEADERS } from '../http/response-headers.js';
import { LinkRecordsService } from '../links/link-records.service.js';
import { VerificationService } from '../verification/verification.service.js';
import { browserPage, PAGE_HEADERS } from './browser-page.js';
import { ApiPublicDownload } from './public-download.docs.js';
import { RedemptionService, type Offer } from './redemption.service.js';
import { isBrowserVisit } from './safe-requests.js';

/** Redeems links: the one route that needs no account, only the token. */
@ApiTags('Public download')
@Public()
@Controller('api/storage/public-download')
export class PublicDownloadController {
  constructor(
    private readonly redemption: RedemptionService,
    private readonly delivery: DeliveryService,
    private readonly connections: ConnectionsService,
    private readonly records: LinkRecordsService,
    private readonly verification: VerificationService,
  ) {}

  // Before @Get(): Express answers HEAD with the GET handler otherwise, and that claims the link.
  @Head()
  @ApiPublicDownload('HEAD')
  async describe(@Req() request: Request, @Res() response: Response): Promise<void> {
    const offer = await this.offer(request, response);
    if (offer) response.writeHead(offer.status, headersOf(offer)).end();
  }

  @Get()
  @ApiPublicDownload('GET')
  async download(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (isBrowserVisit(request)) await this.showPage(request, response);
    else await this.send(request, response);
  }

  // A whole GET by the page's button.
  @Post()
  @HttpCode(200)
  @ApiPublicDownload('POST')
  async downloadByForm(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.send(request, response);
  }

  private async send(request: Request, response: Response): Promise<void> {
    // The client may ask again on the connection that brought it an earlier body: what became of that comes first.
    await this.connections.settled(request.socket);
    const offer = await this.offer(request, response);
    if (offer) await this.delivery.deliver(offer, request, response);
  }

  private async offer(request: Request, response: Response): Promise<Offer | undefined> {
    response.set(PUBLIC_HEADERS);
    const offer = await this.redemption.offer(request);
    if (offer.kind === 'body') return offer;
    response.writeHead(304, { ...PUBLIC_HEADERS, ETag: offer.etag }).end();
    return undefined;
  }

  private async showPage(request: Request, response: Response): Promise<void> {
    response.set(PUBLIC_HEADERS);
    const { link } = await this.redemption.admit(request);
    const fileName = (await this.records.fileNameOf(link.id)) ?? baseName(link.file);
    const reloadAfter = this.verification.reloadAfter(link);
    if (reloadAfter !== undefined) response.set('Refresh', String(reloadAfter));
    const page = browserPage(fileName, link.size, new Date(link.expiresAt), reloadAfter !== undefined);
    response.set(PAGE_HEADERS).send(page);
  }
}

const headersOf = ({ fileName, etag, range, status, source, sha256 }: Offer) =>
  bodyHeaders({ fileName, etag, range, status, size: source.size, sha256 });
