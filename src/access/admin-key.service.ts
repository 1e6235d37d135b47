import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { DATABASE } from '../database/database.tokens.js';
import type { Database } from '../database/open-database.js';

const SETTING = 'admin_api_key_sha256';
const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** The one key that may do everything: ADMIN_API_KEY, or one made at the first start. Only its SHA-256 is kept. */
@Injectable()
export class AdminKeyService implements OnModuleInit {
  private hash: Buffer = randomBytes(32);
  private fresh: string | undefined;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(APP_CONFIG) private readonly config: AppConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.adminApiKey !== undefined) {
      this.hash = sha256(this.config.adminApiKey);
      return;
    }
    const candidate = `dba_${randomBytes(32).toString('base64url')}`;
    // Of several processes that start at once, one makes the key and says so.
    const { numInsertedOrUpdatedRows } = await this.database
      .insertInto('settings')
      .values({ key: SETTING, value: sha256(candidate).toString('hex') })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 1n) this.fresh = candidate;
    const row = await this.database
      .selectFrom('settings')
      .select('value')
      .where('key', '=', SETTING)
      .executeTakeFirstOrThrow();
    this.hash = Buffer.from(row.value, 'hex');
  }

  matches(key: string): boolean {
    return timingSafeEqual(sha256(key), this.hash);
  }

  /** The key made at this start, for the one time it is printed; undefined when it was known before. */
  takeFreshKey(): string | undefined {
    const key = this.fresh;
    this.fresh = undefined;
    return key;
  }
}
