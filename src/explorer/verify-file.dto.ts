import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { ExplorerProblemDto } from './explorer-item.dto.js';

export class VerifyFileDto {
  /** Path of the backup inside the storage, as the file listing shows it. */
  @ApiProperty({ example: 'Shop DB/Shop_DB_2026-11-01_03-00-00.sql.gz.enc' })
  @IsString()
  @MinLength(1)
  @MaxLength(4096)
  file!: string;
}

/** What reading all of a backup found. */
export class FileVerificationDto {
  /** False: the content is not what was backed up. */
  @ApiProperty({ example: true })
  ok!: boolean;

  @ApiProperty({ example: 'Shop DB/Shop_DB_2026-11-01_03-00-00.sql.gz.enc' })
  file!: string;

  /** Bytes of the content, decrypted where it is encrypted. */
  @ApiProperty({ example: 71905 })
  size!: number;

  /** Hex SHA-256 of that content; absent when it is damaged. */
  @ApiPropertyOptional({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
  sha256?: string;

  /** What vouches for it. `none`: it could be read to its end, and nothing says what it should be. */
  @ApiProperty({ enum: ['tag', 'checksum', 'none'] })
  verifiedBy!: string;

  /** How long it took, in milliseconds. */
  @ApiProperty({ example: 412 })
  durationMs!: number;

  /** What is wrong; absent when nothing is. */
  @ApiPropertyOptional({ type: () => ExplorerProblemDto })
  problem?: ExplorerProblemDto;
}
