import {
  Global,
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { openDatabase, type Database, type DatabaseLocation } from './open-database.js';
import { DATABASE, DATABASE_LOCATION } from './database.tokens.js';

export interface DatabaseModuleAsyncOptions {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: never[]) => DatabaseLocation | Promise<DatabaseLocation>;
}

/** One connection pool for everybody who injects `DATABASE`. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  static forRootAsync(options: DatabaseModuleAsyncOptions): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: DATABASE_LOCATION,
          inject: options.inject ?? [],
          useFactory: options.useFactory as () => DatabaseLocation,
        },
        { provide: DATABASE, inject: [DATABASE_LOCATION], useFactory: openDatabase },
      ],
      exports: [DATABASE, DATABASE_LOCATION],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }
}
