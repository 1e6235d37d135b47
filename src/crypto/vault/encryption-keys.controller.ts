import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { PageQuery, type Page } from '../../common/page.js';
import { VAULT } from '../../common/permissions.js';
import { RequirePermissions } from '../../common/require-permissions.decorator.js';
import { CreateEncryptionKeyDto } from './dto/create-encryption-key.dto.js';
import { EncryptionKeyPageDto } from './dto/encryption-key-page.dto.js';
import { EncryptionKeyDto } from './dto/encryption-key.dto.js';
import { VaultService } from './vault.service.js';

@ApiTags('Encryption keys')
@Controller('api/encryption-keys')
export class EncryptionKeysController {
  constructor(private readonly vault: VaultService) {}

  @Post()
  @RequirePermissions(VAULT.WRITE)
  @ApiOperation({ summary: 'Add a key', description: 'Kept encrypted; the material never comes back.' })
  @ApiCreatedResponse({ type: EncryptionKeyDto })
  @ApiProblem(400, 'The request is not valid', { 'bad-request': 'material must be 64 hexadecimal digits' })
  @ApiProblem(409, 'The key exists', {
    'key-exists': 'There is a key with this id. Delete it first, or leave the id out to have one made.',
  })
  async create(@Body() body: CreateEncryptionKeyDto): Promise<EncryptionKeyDto> {
    const { id, name, format, material } = body;
    return EncryptionKeyDto.of(
      await this.vault.add({ id, name, format, material: Buffer.from(material, 'hex') }),
    );
  }

  @Get()
  @RequirePermissions(VAULT.READ)
  @ApiOperation({ summary: 'List the keys, without their material' })
  @ApiOkResponse({ type: EncryptionKeyPageDto })
  @ApiProblem(400, 'The request is not valid', {
    'bad-request': 'The cursor is not one that a list gave. Start again without it.',
  })
  async list(@Query() query: PageQuery): Promise<Page<EncryptionKeyDto>> {
    const { items, nextCursor } = await this.vault.list(query.limit, query.cursor);
    return { items: items.map((row) => EncryptionKeyDto.of(row)), nextCursor };
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermissions(VAULT.WRITE)
  @ApiOperation({
    summary: 'Delete a key',
    description: 'Backups under it cannot be decrypted until it is added again.',
  })
  @ApiNoContentResponse()
  @ApiProblem(404, 'Not found', {
    'not-found': 'There is no encryption key with this id. GET /api/encryption-keys lists them.',
  })
  async remove(@Param('id') id: string): Promise<void> {
    await this.vault.remove(id);
  }
}
