import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

/** What a client says it has. */
export class ConfirmDto {
  /** SHA-256 of the file as it was delivered, in hexadecimal digits. */
  @ApiProperty({
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    pattern: '^[0-9a-fA-F]{64}$',
  })
  @Matches(/^[0-9a-f]{64}$/i, { message: 'sha256 must be 64 hexadecimal digits' })
  sha256!: string;
}

/** The link is used up by this confirmation, or was by one less than a minute ago. */
export class ConfirmedDto {
  @ApiProperty({ example: true, enum: [true] })
  success!: true;

  @ApiProperty({ enum: ['used'] })
  state!: 'used';
}
