import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import type { AppConfig } from '../../src/config/app-config.js';
import { loadConfig } from '../../src/config/load-config.js';
import { DATABASE } from '../../src/database/database.tokens.js';
import type { Database } from '../../src/database/open-database.js';
import { configureApp } from '../../src/configure-app.js';
import { serveDocument } from '../../src/openapi/build-document.js';
import { HttpServerAdapter } from '../../src/server/http-server.adapter.js';
import type { AdapterKind } from '../../src/storage/adapter-kind.js';
import { ADAPTER_KINDS } from '../../src/storage/adapters/registry.js';
import { STORAGE_ADAPTER_KINDS } from '../../src/storage/storage.module-options.js';
import { ApiClient } from './api-client.js';
import { freePort } from './free-port.js';

export type { ApiAnswer } from './api-client.js';

/**
 * The whole service in this process, listening on a free port of 127.0.0.1: real configuration, database, storage and
 * HTTP; nothing is faked. Its one storage is an empty folder, `root`.
 */
export class Drawbridge extends ApiClient {
  private constructor(
    readonly app: NestExpressApplication,
    url: string,
    adminKey: string,
    /** Temporary; holds data directory and storage root. */
    readonly home: string,
    readonly root: string,
  ) {
    super(url, adminKey);
  }

  /**
   * @param sharing another replica: this one uses its storage instead of making one
   * @param kinds more kinds of storage; its one storage is then of the first of them
   */
  static async start(
    environment: Record<string, string> = {},
    sharing?: Drawbridge,
    kinds: readonly AdapterKind[] = [],
  ): Promise<Drawbridge> {
    const home = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
    const root = join(home, 'backups');
    mkdirSync(root);
    const port = await freePort();
    const url = `${environment['TLS_CERT_FILE'] === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    const adminKey = `test-key-${randomBytes(24).toString('hex')}`;
    const config = loadConfig({
      NODE_ENV: 'test',
      DEMO: 'false',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: join(home, 'data'),
      LOCAL_STORAGE_ROOTS: home,
      ADMIN_API_KEY: adminKey,
      LOG_LEVEL: 'error',
      ...environment,
    });
    const app = await create(config, kinds, environment['LOG_LEVEL'] !== undefined);
    configureApp(app, config);
    serveDocument(app);
    await app.listen(port, '127.0.0.1');
    const drawbridge = new Drawbridge(app, url, adminKey, home, root);
    if (sharing) drawbridge.storageId = sharing.storageId;
    else await drawbridge.addStorage(root, kinds[0]?.kind);
    return drawbridge;
  }

  database(): Database {
    return this.app.get<Database>(DATABASE);
  }

  async stop(): Promise<void> {
    await this.app.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

async function create(
  config: AppConfig,
  kinds: readonly AdapterKind[],
  logs: boolean,
): Promise<NestExpressApplication> {
  const logger = logs ? (['error', 'warn', 'log'] as const).slice() : false;
  const module = AppModule.forRoot(config);
  const adapter = new HttpServerAdapter(config);
  if (kinds.length === 0) return NestFactory.create(module, adapter, { logger, abortOnError: false });
  const testing = await Test.createTestingModule({ imports: [module] })
    .overrideProvider(STORAGE_ADAPTER_KINDS)
    .useValue([...ADAPTER_KINDS, ...kinds])
    .compile();
  return testing.createNestApplication<NestExpressApplication>(adapter, { logger });
}
