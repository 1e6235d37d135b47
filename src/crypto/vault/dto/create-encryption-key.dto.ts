import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { KEY_ID } from '../../deciphers/key-id.js';

const PRINTABLE_128 = 'must be 1 to 128 printable characters';

export class CreateEncryptionKeyDto {
  /**
   * What people call it.
   * @example "Nightly backups"
   */
  @IsString({ message: `name ${PRINTABLE_128}` })
  @Matches(KEY_ID, { message: `name ${PRINTABLE_128}` })
  name!: string;

  /** The backup format it belongs to. */
  @IsIn(['dbackup'], { message: 'format must be "dbackup"' })
  format!: 'dbackup';

  /**
   * The key: 64 hexadecimal digits, as in the `master.key` of DBackup's recovery kit. It never comes back.
   * @example "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
   */
  @IsString({ message: 'material must be 64 hexadecimal digits' })
  @Matches(/^[0-9a-fA-F]{64}$/, { message: 'material must be 64 hexadecimal digits' })
  material!: string;

  /**
   * The `profileId` that stands in the sidecars of the backups under this key. Made when absent.
   * @example "clxtestprofile000000000a"
   */
  @IsOptional()
  @IsString({ message: `id ${PRINTABLE_128}` })
  @Matches(KEY_ID, { message: `id ${PRINTABLE_128}` })
  id?: string;
}
