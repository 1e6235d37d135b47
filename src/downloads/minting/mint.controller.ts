import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { STORAGE } from '../../common/permissions.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermissions } from '../../common/require-permissions.decorator.js';
import { REFUSAL_EXAMPLES } from '../../crypto/deciphers/refusal-examples.js';
import { tooManyLinks } from '../limits/limit-refusals.js';
import { MintedLinkDto, MintLinkDto } from './mint.dto.js';
import { MintService } from './mint.service.js';

@ApiTags('Links')
@Controller('api/storage')
export class MintController {
  constructor(private readonly minting: MintService) {}

  @Post(':id/download-url')
  @HttpCode(200)
  @RequirePermissions(STORAGE.DOWNLOAD)
  @ApiOperation({
    summary: 'Make a download link',
    description:
      'Checks that the file is there and can be decrypted, and answers with a link that works once. The token is shown ' +
      'in this answer only.',
  })
  @ApiOkResponse({ type: MintedLinkDto })
  @ApiProblem(400, 'The request is not valid', {
    'bad-request':
      'The path contains a "." or ".." segment; or "sidecar" was asked for without "decrypt": false.',
  })
  @ApiProblem(404, 'Not found', {
    'not-found': 'The storage has nothing at this path. The file listing shows what there is.',
    'not-a-file': 'The path names a folder or a special file. Choose a file.',
  })
  @ApiProblem(409, 'The file has changed', {
    'file-changed': 'The file was replaced or written to meanwhile. Ask for a new link to the new content.',
  })
  @ApiProblem(422, 'Cannot be decrypted', {
    ...REFUSAL_EXAMPLES,
    'no-sidecar':
      'No sidecar lies beside the file. Put it back, or ask without "sidecar" for the file alone.',
    'not-a-backup': 'This file only describes a backup. Name the backup beside it.',
  })
  @ApiProblem(429, tooManyLinks().title, { 'too-many-links': tooManyLinks().message })
  @ApiProblem(500, 'Internal error', {
    'vault-sealed-with-other-key': 'The key was stored under another ENCRYPTION_KEY. Start with that one.',
  })
  @ApiProblem(502, 'The storage refuses or answers wrongly', {
    'storage-access-denied': 'The storage does not let Drawbridge read this.',
    'storage-protocol': 'The storage sent something else than was asked for.',
  })
  @ApiProblem(503, 'Not now', {
    'storage-unreachable': 'The storage cannot be reached at the moment. Try again.',
    'store-unavailable': 'The link cannot be stored at the moment. Try again in a moment.',
  })
  async mint(
    @Param('id') id: string,
    @Body() body: MintLinkDto,
    @Req() request: { principal: Principal },
  ): Promise<MintedLinkDto> {
    return this.minting.mint(id, body, request.principal);
  }
}
