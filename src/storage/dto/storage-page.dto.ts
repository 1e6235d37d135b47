import { ApiProperty } from '@nestjs/swagger';
import { StorageDto } from './storage.dto.js';

export class StoragePageDto {
  @ApiProperty({ type: () => [StorageDto], description: 'In the order of their names.' })
  items!: StorageDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Give it as `cursor` to get the next page; null on the last one.',
  })
  nextCursor!: string | null;
}
