import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageQuery } from '../../common/page.js';
import type { LinkState } from '../../download-tokens/download-link.js';

export const LINK_STATES = [
  'available',
  'active',
  'used',
  'expired',
  'revoked',
  'exhausted',
] as const satisfies readonly LinkState[];

/** Which links, newest first. */
export class LinksQuery extends PageQuery {
  /** Only links in this state. */
  @ApiProperty({ enum: LINK_STATES, required: false })
  @IsOptional()
  @IsIn(LINK_STATES)
  state?: LinkState;

  /** Only links to files of this storage. */
  @IsOptional()
  @Matches(/^[\w-]{1,128}$/)
  storageId?: string;
}

/** Who made a link. */
export class IssuerDto {
  @ApiProperty({ example: 'admin-key' })
  kind!: string;

  @ApiProperty({ example: 'admin' })
  id!: string;
}

/** A link as it is known for ever; never its token. */
export class LinkDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: LINK_STATES })
  state!: string;

  /** Why it ended, where the state does not say it all: `changed`, `damaged`, `by-user`, `restart`, `delivered, unconfirmed`. */
  @ApiProperty({ type: String, nullable: true, example: 'by-user' })
  reason!: string | null;

  @ApiProperty({ example: 'st_k3v7q2mzt4xw6abc' })
  storageId!: string;

  /** Path inside the storage. */
  @ApiProperty({ example: 'Shop DB/Shop_DB_2026-11-01_03-00-00.sql.gz.enc' })
  file!: string;

  /** The name it is delivered under. */
  @ApiProperty({ example: 'Shop_DB_2026-11-01_03-00-00.sql.gz' })
  fileName!: string;

  /** Bytes that are delivered. */
  @ApiProperty({ example: 71905 })
  size!: number;

  /** Whether the plaintext is delivered. */
  decrypt!: boolean;

  /** Whether the stored file is encrypted. */
  encrypted!: boolean;

  /** How many clients may download it once each. */
  @ApiProperty({ example: 1 })
  maxDownloads!: number;

  /** What uses it up: its connections show that all is delivered, or its client names the SHA-256 of all of it. */
  @ApiProperty({ enum: ['connection', 'digest'] })
  confirm!: string;

  /** Whether the file comes together with its sidecar, as one tar. */
  sidecar!: boolean;

  /**
   * With `verify: "first"`: whether all of the content was read and found right; until then nobody gets a byte, and
   * `failed` has ended the link. Null: not asked for, or the link ended before it was known.
   */
  @ApiProperty({ type: String, enum: ['running', 'passed', 'failed'], nullable: true })
  verification!: string | null;

  issuer!: IssuerDto;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  /** Until when the download can be started. */
  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  /** Until when a download that was begun can be finished; null: none was. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishBy!: string | null;

  /** When it reached its final state. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt!: string | null;
}

/** One HTTP response. */
export class AttemptDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** First byte, and the byte after the last. */
  @ApiProperty({ example: { start: 0, end: 71905 } })
  range!: { start: number; end: number };

  @ApiProperty({ example: 'curl/8.5.0' })
  userAgent!: string;

  @ApiProperty({ format: 'date-time' })
  startedAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  endedAt!: string | null;

  /** Bytes handed to the connection. */
  @ApiProperty({ example: 71905 })
  bytesSent!: number;

  /** Null while it runs. */
  @ApiProperty({ type: String, enum: ['delivered', 'broken', 'failed'], nullable: true })
  outcome!: string | null;

  /** How delivery is known (`fin`, `next-request`, `silence`), or why not. */
  @ApiProperty({ type: String, nullable: true, example: 'fin' })
  reason!: string | null;
}

/** One client's download: the attempts it took. */
export class TransferDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  /** The client's address; an IPv6 client is its /64 network. */
  @ApiProperty({ example: '192.0.2.7' })
  client!: string;

  attempts!: AttemptDto[];
}

export class LinkWithTransfersDto extends LinkDto {
  transfers!: TransferDto[];
}

export class LinksPageDto {
  items!: LinkDto[];

  /** Give it as `cursor` to get the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true, example: null })
  nextCursor!: string | null;
}
