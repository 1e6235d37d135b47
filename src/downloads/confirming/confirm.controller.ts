import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiSecurity, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { Public } from '../../common/public.decorator.js';
import { REFUSAL_EXAMPLES } from '../../crypto/deciphers/refusal-examples.js';
import { ConnectionsService } from '../delivery/connections.service.js';
import { PUBLIC_HEADERS } from '../http/response-headers.js';
import { tooManyBadTokens } from '../limits/limit-refusals.js';
import { downloadFailed, fileChanged, linkInvalid } from '../redeeming/refusals.js';
import {
  confirmationNotAwaited,
  digestFailed,
  digestMismatch,
  digestPending,
  notDownloaded,
} from './confirm-refusals.js';
import { ConfirmDto, ConfirmedDto } from './confirm.dto.js';
import { ConfirmService } from './confirm.service.js';

/** Where a client says what it has: the one proof of delivery that reaches through any proxy. */
@ApiTags('Public download')
@Public()
@Controller('api/storage/public-download')
export class ConfirmController {
  constructor(
    private readonly confirming: ConfirmService,
    private readonly connections: ConnectionsService,
  ) {}

  @Post('confirm')
  @HttpCode(200)
  @ApiSecurity({})
  @ApiOperation({
    summary: 'Confirm a download by its SHA-256',
    description:
      'Uses up a link that was made with `confirm: "digest"`. The token goes in the query or as ' +
      '`Authorization: Bearer <token>`, as for the download. The right SHA-256 again within a minute is answered alike.',
  })
  @ApiQuery({
    name: 'token',
    required: false,
    description: 'The token of the link.',
    schema: { type: 'string' },
  })
  @ApiOkResponse({ type: ConfirmedDto })
  @ApiProblem(400, 'The request is not valid', {
    'token-missing': 'Use the link as it was given.',
    'bad-request': 'sha256 must be 64 hexadecimal digits',
  })
  @ApiProblem(401, linkInvalid().title, { 'link-invalid': linkInvalid().message })
  @ApiProblem(409, 'Not confirmed', {
    'digest-mismatch': digestMismatch().message,
    'digest-pending': digestPending().message,
    'not-downloaded': notDownloaded().message,
    'confirmation-not-awaited': confirmationNotAwaited().message,
    'file-changed': fileChanged().message,
  })
  @ApiProblem(422, 'Cannot be decrypted', REFUSAL_EXAMPLES)
  @ApiProblem(429, tooManyBadTokens(0).title, { 'too-many-bad-tokens': tooManyBadTokens(0).message })
  @ApiProblem(500, 'Failed', {
    'digest-failed': digestFailed(undefined).message,
    'download-failed': downloadFailed(undefined).message,
    'vault-sealed-with-other-key':
      'The key was stored under another ENCRYPTION_KEY. Start the service with that one.',
  })
  @ApiProblem(503, 'Not now', {
    'store-unavailable': 'The link cannot be checked at the moment. Try again in a moment.',
  })
  async confirm(
    @Body() { sha256 }: ConfirmDto,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConfirmedDto> {
    response.set(PUBLIC_HEADERS);
    // By asking for this on the connection of its download, the client has told what became of that.
    await this.connections.settled(request.socket);
    await this.confirming.confirm(request, sha256);
    return { success: true, state: 'used' };
  }
}
