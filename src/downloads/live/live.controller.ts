import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { LINKS } from '../../common/permissions.js';
import { RequirePermissions } from '../../common/require-permissions.decorator.js';
import { shuttingDown } from '../redeeming/refusals.js';
import { LiveEventDto } from './live-event.dto.js';
import { LiveStreamsService } from './live-streams.service.js';

const EXAMPLE =
  'event: progress\n' +
  'data: {"id":"5b0c2f6e-7a1f-4b6e-9d7c-0d6f5c1e2a3b","state":"active","bytes":524288,"size":71905000,' +
  '"rate":118000000,"client":"192.0.2.7","at":"2026-11-24T12:00:00.000Z"}\n\n';

const ApiEventStream = (description: string) =>
  ApiOkResponse({
    description,
    content: { 'text/event-stream': { schema: { type: 'string', example: EXAMPLE } } },
  });

/** Downloads as they happen, as server-sent events: `state` and `progress`, each with a `LiveEventDto`. */
@ApiTags('Links')
@ApiExtraModels(LiveEventDto)
@ApiProblem(503, 'Not now', {
  'shutting-down': shuttingDown().message,
  'store-unavailable': 'Download links cannot be looked up or changed right now. Try again in a few seconds.',
})
@Controller('api/downloads')
export class LiveController {
  constructor(private readonly streams: LiveStreamsService) {}

  @Get('events')
  @RequirePermissions(LINKS.READ)
  @ApiOperation({
    summary: 'What happens to links, as it happens',
    description:
      'Server-sent events `state` and `progress` of all links, at most 4 a second for each. Progress is told by the ' +
      'process that sends the file.',
  })
  @ApiEventStream('Events, each with a LiveEventDto as data, and a comment every 15 seconds.')
  all(@Res() response: Response): void {
    this.streams.watchAll(response);
  }

  @Get(':id/events')
  @RequirePermissions(LINKS.READ)
  @ApiOperation({
    summary: 'What happens to one link, as it happens',
    description:
      'Server-sent events `state` and `progress`, at most 4 a second: first the present state, and no more once the ' +
      'link has ended. Progress is told by the process that sends the file.',
  })
  @ApiEventStream('Events, each with a LiveEventDto as data, and a comment every 15 seconds.')
  @ApiProblem(404, 'Not found', {
    'not-found': 'There is no link with this id. GET /api/downloads lists them.',
  })
  async one(@Param('id') id: string, @Res() response: Response): Promise<void> {
    await this.streams.watchLink(id, response);
  }
}
