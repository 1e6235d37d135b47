import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';

const DAY_MS = 86_400_000;

/** What a new link is for, and its limits. */
export class MintLinkDto {
  /** Path of the backup inside the storage, as the file listing shows it. */
  @ApiProperty({ example: 'Shop DB/Shop_DB_2026-11-01_03-00-00.sql.gz.enc' })
  @IsString()
  @MinLength(1)
  @MaxLength(4096)
  file!: string;

  /** Deliver the plaintext; false: the file as it is stored. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  decrypt: boolean = true;

  /** How long the download can be started, in milliseconds. Default: TOKEN_TTL_MS, 5 minutes. */
  @ApiProperty({ required: false, minimum: 1000, maximum: 7 * DAY_MS, example: 300_000 })
  @IsOptional()
  @IsInt()
  @Min(1000)
  @Max(7 * DAY_MS)
  ttlMs?: number;

  /** How many clients may download the file once each. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  maxDownloads: number = 1;

  /** `client`: a download that broke off is resumed from the same address. `none`: from anywhere. */
  @ApiPropertyOptional({ enum: ['client', 'none'] })
  @IsOptional()
  @IsIn(['client', 'none'])
  bind: 'client' | 'none' = 'client';

  /** With `decrypt: false`: deliver file and sidecar together, as one uncompressed tar; without it the file can never be opened again. */
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  sidecar: boolean = false;

  /**
   * `stream`: verified while it is sent, the end held back until the whole is known to be authentic. `first`: all of it is
   * read before the first byte is sent; meanwhile the link answers 503 `verification-running`, and its time to start
   * counts from the end of that. Damaged content ends the link.
   */
  @ApiPropertyOptional({ enum: ['stream', 'first'] })
  @IsOptional()
  @IsIn(['stream', 'first'])
  verify: 'stream' | 'first' = 'stream';

  /**
   * `connection`: the link is used up when the connection shows that the client has all bytes. `digest`: when the client
   * names their SHA-256 at `POST /api/storage/public-download/confirm`, the one proof that reaches through any proxy;
   * `maxDownloads` must be 1 then.
   */
  @ApiPropertyOptional({ enum: ['connection', 'digest'] })
  @IsOptional()
  @IsIn(['connection', 'digest'])
  confirm: 'connection' | 'digest' = 'connection';
}

/** Ready command lines; each holds the token, so they are shown once, as the link is. */
export class CommandsDto {
  /** One plain line for curl. */
  @ApiProperty({
    example: "curl -fg -o 'shop.sql.gz' 'https://backup.example.com/api/storage/public-download?token=...'",
  })
  curl!: string;

  /** One plain line for wget. */
  @ApiProperty({
    example:
      "wget --tries=20 --max-redirect=0 -O 'shop.sql.gz' 'https://backup.example.com/api/storage/public-download?token=...'",
  })
  wget!: string;

  /** A loop that resumes after interruptions, checks the size, and never overwrites a file. */
  @ApiProperty({ example: 'sh -c ...' })
  robust!: string;

  /** curl with the token on standard input instead of in the process list. */
  @ApiProperty({ example: "printf '%s' 'header = ...' | curl -fK - -o 'shop.sql.gz' 'https://...'" })
  curlConfig!: string;

  /** For Windows PowerShell 5.1 and PowerShell 7. */
  @ApiProperty({ example: 'Invoke-WebRequest ...' })
  powershell!: string;
}

/** A fresh link. Its token is in this answer and nowhere else. */
export class MintedLinkDto {
  @ApiProperty({ example: true, enum: [true] })
  success!: true;

  /** The link itself. Whoever has it can download the file once: treat it as a password. */
  @ApiProperty({ example: 'https://backup.example.com/api/storage/public-download?token=...' })
  url!: string;

  /** For people. */
  @ApiProperty({ example: '5 minutes' })
  expiresIn!: string;

  @ApiProperty({ example: true, enum: [true] })
  singleUse!: boolean;

  /** Public id of the link, for lists and for revoking it. */
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** Until when the download can be started. */
  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  /** The name the file is delivered under. */
  @ApiProperty({ example: 'Shop_DB_2026-11-01_03-00-00.sql.gz' })
  fileName!: string;

  /** Bytes that will be delivered. */
  @ApiProperty({ example: 71905 })
  size!: number;

  /** Hex SHA-256 of what will be delivered; only when it is known from an earlier verification. */
  @ApiPropertyOptional({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
  sha256?: string;

  /** Whether the stored file is encrypted. */
  encrypted!: boolean;

  commands!: CommandsDto;

  /** Why the link may not work from other hosts; absent when all is well. */
  @ApiPropertyOptional({ example: 'PUBLIC_URL points at this host itself, so links work only here.' })
  warning?: string;
}
