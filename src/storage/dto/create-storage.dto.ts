import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsString, Matches } from 'class-validator';

/** 1 to 128 printable characters, none of them a space at an end. */
export const STORAGE_NAME = /^(?! )[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,128}(?<! )$/u;
export const STORAGE_NAME_MESSAGE = 'name must be 1 to 128 printable characters, without spaces at its ends';

export class CreateStorageDto {
  /**
   * What people call it; unique.
   * @example "Nightly backups"
   */
  @IsString({ message: STORAGE_NAME_MESSAGE })
  @Matches(STORAGE_NAME, { message: STORAGE_NAME_MESSAGE })
  name!: string;

  /**
   * The kind of backend.
   * @example "local"
   */
  @IsString()
  adapter!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { root: '/srv/backups' },
    description:
      'What the adapter needs. local: `{root}`, an absolute path inside one of LOCAL_STORAGE_ROOTS.',
  })
  @IsObject()
  config!: Record<string, unknown>;
}
