import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsObject, Matches, ValidateIf } from 'class-validator';
import { STORAGE_NAME, STORAGE_NAME_MESSAGE } from './create-storage.dto.js';

export class UpdateStorageDto {
  /**
   * A new name; absent: it stays.
   * @example "Nightly backups"
   */
  @ValidateIf((body: UpdateStorageDto) => body.name !== undefined)
  @Matches(STORAGE_NAME, { message: STORAGE_NAME_MESSAGE })
  name?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { root: '/srv/more-backups' },
    description: 'Fields to change. Those not named stay as they are, secrets too; null takes one away.',
  })
  @ValidateIf((body: UpdateStorageDto) => body.config !== undefined)
  @IsObject()
  config?: Record<string, unknown>;
}
