import { performance } from 'node:perf_hooks';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { PageQuery } from '../common/page.js';
import { STORAGE } from '../common/permissions.js';
import { RequirePermissions } from '../common/require-permissions.decorator.js';
import { CheckResultDto } from './dto/check-result.dto.js';
import { CreateStorageDto } from './dto/create-storage.dto.js';
import { StoragePageDto } from './dto/storage-page.dto.js';
import { StorageDto } from './dto/storage.dto.js';
import { UpdateStorageDto } from './dto/update-storage.dto.js';
import { StorageIdPipe } from './storage-id.js';
import { StoragesService } from './storages.service.js';

const ApiNoSuchStorage = () =>
  ApiProblem(404, 'Not found', {
    'not-found': 'There is no storage with this id. GET /api/storage lists those that there are.',
  });

@ApiTags('Storages')
@Controller('api/storage')
export class StoragesController {
  constructor(private readonly storages: StoragesService) {}

  @Post()
  @RequirePermissions(STORAGE.WRITE)
  @ApiOperation({ summary: 'Add a storage', description: 'Secrets in its config are kept encrypted.' })
  @ApiCreatedResponse({ type: StorageDto })
  @ApiProblem(400, 'The request is not valid', {
    'bad-request': 'config.root does not exist or cannot be read. Create the folder.',
  })
  @ApiProblem(409, 'The name is taken', {
    'name-taken': 'Another storage has this name. Choose a different one.',
  })
  async create(@Body() body: CreateStorageDto): Promise<StorageDto> {
    return StorageDto.of(await this.storages.create(body));
  }

  @Get()
  @RequirePermissions(STORAGE.READ)
  @ApiOperation({ summary: 'List the storages' })
  @ApiOkResponse({ type: StoragePageDto })
  @ApiProblem(400, 'The request is not valid', { 'bad-request': 'limit must not be greater than 1000' })
  async list(@Query() { limit, cursor }: PageQuery): Promise<StoragePageDto> {
    const { items, nextCursor } = await this.storages.list(limit, cursor);
    return { items: items.map((storage) => StorageDto.of(storage)), nextCursor };
  }

  @Get(':id')
  @RequirePermissions(STORAGE.READ)
  @ApiOperation({ summary: 'Read one storage' })
  @ApiOkResponse({ type: StorageDto })
  @ApiNoSuchStorage()
  async get(@Param('id', StorageIdPipe) id: string): Promise<StorageDto> {
    return StorageDto.of(await this.storages.get(id));
  }

  @Patch(':id')
  @RequirePermissions(STORAGE.WRITE)
  @ApiOperation({
    summary: 'Change a storage',
    description: 'A secret that is not given stays. The kind of adapter cannot change: add another storage.',
  })
  @ApiOkResponse({ type: StorageDto })
  @ApiProblem(400, 'The request is not valid', {
    'bad-request': 'config.path is not a field of adapter "local"',
  })
  @ApiNoSuchStorage()
  @ApiProblem(409, 'The change collides with another', {
    'name-taken': 'Another storage has this name. Choose a different one.',
    'storage-changed':
      'Somebody else changed or deleted the storage at the same moment. Read it and try again.',
  })
  async update(@Param('id', StorageIdPipe) id: string, @Body() body: UpdateStorageDto): Promise<StorageDto> {
    return StorageDto.of(await this.storages.update(id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermissions(STORAGE.WRITE)
  @ApiOperation({
    summary: 'Remove a storage',
    description: 'Its files stay where they are; links to them end.',
  })
  @ApiNoContentResponse()
  @ApiNoSuchStorage()
  async remove(@Param('id', StorageIdPipe) id: string): Promise<void> {
    await this.storages.remove(id);
  }

  @Post(':id/check')
  @HttpCode(200)
  @RequirePermissions(STORAGE.READ)
  @ApiOperation({ summary: 'Check whether a storage can be reached and read' })
  @ApiOkResponse({ type: CheckResultDto })
  @ApiNoSuchStorage()
  async check(@Param('id', StorageIdPipe) id: string): Promise<CheckResultDto> {
    const start = performance.now();
    const { ok, message } = await this.storages.check(id);
    return { ok, message, latencyMs: Math.round(performance.now() - start) };
  }
}
