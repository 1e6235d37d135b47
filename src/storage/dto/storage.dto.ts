import { ApiProperty } from '@nestjs/swagger';
import type { Storage } from '../storage.js';

export class StorageDto {
  /** @example "st_k3v7q2mzt4xw6abc" */
  id!: string;

  /** @example "Nightly backups" */
  name!: string;

  /** @example "local" */
  adapter!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { root: '/srv/backups' },
    description: 'Without its secrets; they never come back.',
  })
  config!: Record<string, unknown>;

  /**
   * ISO 8601.
   * @example "2026-08-01T03:00:00.000Z"
   */
  createdAt!: string;

  /**
   * ISO 8601.
   * @example "2026-08-01T03:00:00.000Z"
   */
  updatedAt!: string;

  static of({ id, name, adapter, config, createdAt, updatedAt }: Storage): StorageDto {
    return Object.assign(new StorageDto(), {
      id,
      name,
      adapter,
      config,
      createdAt: new Date(createdAt).toISOString(),
      updatedAt: new Date(updatedAt).toISOString(),
    });
  }
}
