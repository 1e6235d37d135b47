import { ApiProperty } from '@nestjs/swagger';

/** What is wrong with a backup. */
export class ExplorerProblemDto {
  /**
   * Stable; the code of the problem that a link to it would give, or `checksum-invalid`: a link works, but the file
   * cannot be checked.
   * @example "sidecar-missing"
   */
  code!: string;

  /**
   * What to do about it.
   * @example "The file is encrypted, but its sidecar is not beside it. Put the sidecar back next to the file."
   */
  detail!: string;
}

/** A file or folder, with what is known of it as a backup. Texts of the sidecar are others' words: show them as text. */
export class ExplorerItemDto {
  /** @example "shop_2026-08-01.sql.gz.enc" */
  name!: string;

  /**
   * Inside the storage.
   * @example "nightly/shop_2026-08-01.sql.gz.enc"
   */
  path!: string;

  @ApiProperty({ enum: ['file', 'folder'] })
  kind!: 'file' | 'folder';

  @ApiProperty({ type: Number, nullable: true, example: 1048576, description: 'In bytes; null for folders.' })
  size!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '2026-08-01T03:00:00.000Z',
    description: 'ISO 8601; null where the storage does not say.',
  })
  modifiedAt!: string | null;

  /** Whether the stored bytes are encrypted, as far as name and sidecar tell. */
  encrypted!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'dbackup',
    description: 'What made it; null for a plain file.',
  })
  format!: string | null;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: true,
    description: 'Whether the vault has the key it needs; null when it needs none, or nobody knows which.',
  })
  keyAvailable!: boolean | null;

  @ApiProperty({ type: String, nullable: true, example: 'postgres', description: 'The database engine.' })
  engine!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '16.2' })
  engineVersion!: string | null;

  @ApiProperty({ enum: ['GZIP', 'BROTLI'], nullable: true, description: 'Inside the encryption.' })
  compression!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Shop, nightly',
    description: "The backup job's name.",
  })
  job!: string | null;

  /** Whether a sidecar lies beside it. */
  sidecar!: boolean;

  @ApiProperty({ type: () => ExplorerProblemDto, nullable: true, description: 'Null when nothing is wrong.' })
  problem!: ExplorerProblemDto | null;
}
