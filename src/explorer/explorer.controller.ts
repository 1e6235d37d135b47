import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { STORAGE } from '../common/permissions.js';
import { RequirePermissions } from '../common/require-permissions.decorator.js';
import { StorageIdPipe } from '../storage/storage-id.js';
import { toExplorerItem } from './explorer-item.js';
import { ExplorerPageDto } from './explorer-page.dto.js';
import { ExplorerService } from './explorer.service.js';
import { ListFilesQuery } from './list-files.query.js';

@ApiTags('Storages')
@Controller('api/storage/:id/files')
export class ExplorerController {
  constructor(private readonly explorer: ExplorerService) {}

  @Get()
  @RequirePermissions(STORAGE.READ)
  @ApiOperation({
    summary: 'List a folder',
    description: 'Files come with what their sidecars say; sidecars themselves are hidden.',
  })
  @ApiOkResponse({ type: ExplorerPageDto })
  @ApiProblem(400, 'The request is not valid', {
    'bad-request':
      'The path contains a "." or ".." segment. Give it as the file listing shows it, relative to the storage.',
  })
  @ApiProblem(404, 'Not found', {
    'not-found': 'The storage has nothing at this path. The file listing shows what there is.',
    'not-a-file': 'The path names a folder or a special file. Choose a file.',
  })
  @ApiProblem(502, 'The storage refuses access', {
    'storage-access-denied':
      'The storage does not let Drawbridge read this. Check the permissions of its account there.',
    'storage-protocol':
      'The storage sent something else than was asked for. The log of the server says what.',
  })
  @ApiProblem(503, 'The storage does not answer', {
    'storage-unreachable':
      'The storage cannot be reached at the moment. Try again, or run its check to see why.',
  })
  async list(
    @Param('id', StorageIdPipe) id: string,
    @Query() query: ListFilesQuery,
  ): Promise<ExplorerPageDto> {
    const { items, nextCursor } = await this.explorer.list(id, query);
    return { items: items.map(toExplorerItem), nextCursor };
  }
}
