import { ApiProperty } from '@nestjs/swagger';
import { ExplorerItemDto } from './explorer-item.dto.js';

export class ExplorerPageDto {
  @ApiProperty({ type: () => [ExplorerItemDto], description: 'In code point order of their names.' })
  items!: ExplorerItemDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Give it as `cursor` to get the next page; null on the last one.',
  })
  nextCursor!: string | null;
}
