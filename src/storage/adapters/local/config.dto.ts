import { IsString, Matches, MaxLength } from 'class-validator';

/** A folder of the server's disk. */
export class LocalConfigDto {
  /**
   * Absolute path of the folder, inside one of LOCAL_STORAGE_ROOTS.
   * @example /srv/backups
   */
  @IsString()
  @MaxLength(4096)
  // eslint-disable-next-line no-control-regex -- control characters are what this keeps out
  @Matches(/^\/[^\u0000-\u001f\u007f]*$/, { message: 'root must be an absolute path' })
  root!: string;
}
