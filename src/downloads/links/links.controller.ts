import { Controller, Delete, Get, HttpCode, Param, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { LINKS } from '../../common/permissions.js';
import { RequirePermissions } from '../../common/require-permissions.decorator.js';
import { ConnectionsService } from '../delivery/connections.service.js';
import { linkDto, transferDtos } from './link-dtos.js';
import { LinksPageDto, LinksQuery, LinkWithTransfersDto } from './links.dto.js';
import { LinksService } from './links.service.js';

@ApiTags('Links')
@ApiProblem(503, 'The token store does not answer', {
  'store-unavailable': 'Download links cannot be looked up or changed right now. Try again in a few seconds.',
})
@Controller('api/downloads')
export class LinksController {
  constructor(
    private readonly links: LinksService,
    private readonly connections: ConnectionsService,
  ) {}

  @Get()
  @RequirePermissions(LINKS.READ)
  @ApiOperation({ summary: 'List links, newest first' })
  @ApiOkResponse({ type: LinksPageDto })
  @ApiProblem(400, 'The request is not valid', {
    'bad-request': 'state must be one of the following values: ...',
  })
  async list(@Query() query: LinksQuery): Promise<LinksPageDto> {
    const { items, nextCursor } = await this.links.list(query);
    return { items: items.map(linkDto), nextCursor };
  }

  @Get(':id')
  @RequirePermissions(LINKS.READ)
  @ApiOperation({ summary: 'One link with its transfers and attempts' })
  @ApiOkResponse({ type: LinkWithTransfersDto })
  @ApiProblem(404, 'Not found', {
    'not-found': 'There is no link with this id. GET /api/downloads lists them.',
  })
  async get(@Param('id') id: string): Promise<LinkWithTransfersDto> {
    const { link, attempts } = await this.links.get(id);
    return Object.assign(linkDto(link), { transfers: transferDtos(attempts) });
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermissions(LINKS.MANAGE)
  @ApiOperation({ summary: 'Revoke a link', description: 'Downloads of it that are running are cut.' })
  @ApiNoContentResponse({ description: 'The link does not work (any more).' })
  @ApiProblem(404, 'Not found', {
    'not-found': 'There is no link with this id. GET /api/downloads lists them.',
  })
  async revoke(@Param('id') id: string, @Req() request: Request): Promise<void> {
    // Who revokes on the connection of a download has read that to its end; cutting it would cut off this very answer.
    await this.connections.settled(request.socket);
    await this.links.revoke(id);
  }
}
