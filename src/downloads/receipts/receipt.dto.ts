import { ApiProperty } from '@nestjs/swagger';
import { LINK_STATES } from '../links/links.dto.js';

/** What vouches for the content that was sent. */
export const VERIFIED_BY = ['client-digest', 'tag', 'checksum', 'none'] as const;
export type VerifiedBy = (typeof VERIFIED_BY)[number];

/** Who asked for the file. */
export class ReceiptClientDto {
  /** An IPv6 client is its /64 network. */
  @ApiProperty({ example: '192.0.2.7' })
  address!: string;

  @ApiProperty({ example: 'curl/8.5.0' })
  userAgent!: string;
}

/** A stretch of the file: its first byte, and the byte after its last. */
export class ReceiptRangeDto {
  @ApiProperty({ example: 0 })
  start!: number;

  @ApiProperty({ example: 71905 })
  end!: number;
}

/** What became of a link: the proof of a delivery, or why there was none. */
export class ReceiptDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: LINK_STATES })
  state!: string;

  /** Whether a client has all of the file: as its connections told or, with `confirm: "digest"`, as it said itself. */
  delivered!: boolean;

  /** How that is known, or why it was not delivered. For people. */
  @ApiProperty({ example: 'the client ended the connection after it had acknowledged every byte' })
  why!: string;

  /** Path inside the storage. */
  @ApiProperty({ example: 'Shop DB/Shop_DB_2026-11-01_03-00-00.sql.gz.enc' })
  file!: string;

  /** The name it is delivered under. */
  @ApiProperty({ example: 'Shop_DB_2026-11-01_03-00-00.sql.gz' })
  fileName!: string;

  /** Bytes of the file as it is delivered. */
  @ApiProperty({ example: 71905 })
  size!: number;

  /** SHA-256 of the file as it is delivered, in hexadecimal digits; null: nobody needed it, so nobody computed it. */
  @ApiProperty({ type: String, nullable: true, example: null })
  sha256!: string | null;

  /**
   * What vouches for the content: the client's SHA-256 equals ours, its authentication tag, its sidecar's checksum, or
   * nothing.
   */
  @ApiProperty({ enum: VERIFIED_BY })
  verifiedBy!: VerifiedBy;

  /** In the order in which they first asked. */
  clients!: ReceiptClientDto[];

  /** HTTP responses it took. */
  @ApiProperty({ example: 1 })
  attempts!: number;

  /** What was sent of the file, joined. */
  ranges!: ReceiptRangeDto[];

  /** Bytes handed to connections, those included that were sent again. */
  @ApiProperty({ example: 71905 })
  bytesSent!: number;

  /** When it was first asked for. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt!: string | null;

  /** When the last response was over; null: none was, or one runs. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: string | null;

  /** From `startedAt` to `finishedAt`. */
  @ApiProperty({ type: Number, nullable: true, example: 412 })
  durationMs!: number | null;

  /** When the client named the right SHA-256. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  confirmedAt!: string | null;
}
