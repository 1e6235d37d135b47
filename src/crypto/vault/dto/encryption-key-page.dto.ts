import { ApiProperty } from '@nestjs/swagger';
import { EncryptionKeyDto } from './encryption-key.dto.js';

export class EncryptionKeyPageDto {
  @ApiProperty({ type: () => [EncryptionKeyDto], description: 'Oldest first.' })
  items!: EncryptionKeyDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Give it as `cursor` to get the next page; null on the last one.',
  })
  nextCursor!: string | null;
}
