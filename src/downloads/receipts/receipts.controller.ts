import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DigestsService } from '../../backups/digests.service.js';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { LINKS } from '../../common/permissions.js';
import { RequirePermissions } from '../../common/require-permissions.decorator.js';
import { LinksService } from '../links/links.service.js';
import { buildReceipt } from './build-receipt.js';
import { ReceiptDto } from './receipt.dto.js';

/** What is known of a delivery, for ever. */
@ApiTags('Links')
@Controller('api/downloads')
export class ReceiptsController {
  constructor(
    private readonly links: LinksService,
    private readonly digests: DigestsService,
  ) {}

  @Get(':id/receipt')
  @RequirePermissions(LINKS.READ)
  @ApiOperation({
    summary: 'The receipt of a link',
    description:
      'Whether the file was delivered and how that is known, or why not; to whom, when, and in how many parts.',
  })
  @ApiOkResponse({ type: ReceiptDto })
  @ApiProblem(404, 'Not found', {
    'not-found': 'There is no link with this id. GET /api/downloads lists them.',
  })
  @ApiProblem(503, 'The token store does not answer', {
    'store-unavailable':
      'Download links cannot be looked up or changed right now. Try again in a few seconds.',
  })
  async receipt(@Param('id') id: string): Promise<ReceiptDto> {
    const { link, attempts } = await this.links.get(id);
    const { storage_id: storageId, file, version } = link;
    return buildReceipt(link, attempts, await this.digests.find({ storageId, file, version }));
  }
}
