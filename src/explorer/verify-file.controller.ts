import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { STORAGE } from '../common/permissions.js';
import { RequirePermissions } from '../common/require-permissions.decorator.js';
import { REFUSAL_EXAMPLES } from '../crypto/deciphers/refusal-examples.js';
import { StorageIdPipe } from '../storage/storage-id.js';
import { FileVerifierService } from './file-verifier.service.js';
import { FileVerificationDto, VerifyFileDto } from './verify-file.dto.js';

const DAMAGED = {
  tag: 'The content is not what was encrypted: damaged, cut, or under another key. Restore the file and its sidecar from another copy.',
  checksum:
    "The content does not have the checksum that its sidecar tells: damaged, or another file's sidecar. Restore both from another copy.",
  none: 'The content could not be verified.',
};

@ApiTags('Storages')
@Controller('api/storage/:id/files/verify')
export class VerifyFileController {
  constructor(private readonly verifier: FileVerifierService) {}

  @Post()
  @HttpCode(200)
  @RequirePermissions(STORAGE.READ)
  @ApiOperation({
    summary: 'Verify a backup',
    description:
      'Reads all of it, decrypts it, and checks its authentication tag or checksum. That takes as long as reading takes; ' +
      'the answer comes at the end. A client that leaves does not end it: what it finds is remembered.',
  })
  @ApiOkResponse({ type: FileVerificationDto })
  @ApiProblem(400, 'The request is not valid', {
    'bad-request': 'The path contains a "." or ".." segment. Give it as the file listing shows it.',
  })
  @ApiProblem(404, 'Not found', {
    'not-found': 'The storage has nothing at this path. The file listing shows what there is.',
    'not-a-file': 'The path names a folder or a special file. Choose a file.',
  })
  @ApiProblem(409, 'The file has changed', {
    'file-changed': 'The file was replaced or written to meanwhile. Ask again.',
  })
  @ApiProblem(422, 'Cannot be decrypted', {
    ...REFUSAL_EXAMPLES,
    'not-a-backup': 'This file only describes a backup. Name the backup beside it.',
  })
  @ApiProblem(500, 'Internal error', {
    'vault-sealed-with-other-key': 'The key was stored under another ENCRYPTION_KEY. Start with that one.',
  })
  @ApiProblem(502, 'The storage refuses or answers wrongly', {
    'storage-access-denied': 'The storage does not let Drawbridge read this.',
    'storage-protocol': 'The storage sent something else than was asked for.',
  })
  @ApiProblem(503, 'Not now', {
    'storage-unreachable': 'The storage cannot be reached at the moment. Try again.',
    'shutting-down': 'The service is about to restart. Ask again in a moment.',
  })
  async verify(
    @Param('id', StorageIdPipe) id: string,
    @Body() { file }: VerifyFileDto,
  ): Promise<FileVerificationDto> {
    const found = await this.verifier.verify(id, file);
    return found.ok ? found : { ...found, problem: { code: 'damaged', detail: DAMAGED[found.verifiedBy] } };
  }
}
