import { ApiProperty } from '@nestjs/swagger';
import { LINK_STATES } from '../links/links.dto.js';

/** The data of each event, whether `state` or `progress`. */
export class LiveEventDto {
  /** Of the link. */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: LINK_STATES })
  state!: string;

  /** How much of the file the client was sent, in all attempts of its transfer; nothing is counted twice. */
  @ApiProperty({ example: 524288 })
  bytes!: number;

  /** Bytes of the file. */
  @ApiProperty({ example: 71905000 })
  size!: number;

  /** Bytes a second, of all its running responses. */
  @ApiProperty({ example: 118000000 })
  rate!: number;

  /** Address of the client that was sent something last; null: nobody was. */
  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7' })
  client!: string | null;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}
