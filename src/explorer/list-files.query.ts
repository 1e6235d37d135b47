import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { PageQuery } from '../common/page.js';

export class ListFilesQuery extends PageQuery {
  /**
   * The folder to list, with or without a slash at its end; absent: the root.
   * @example "nightly"
   */
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  prefix: string = '';
}
