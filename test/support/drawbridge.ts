import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { configureApp } from '../../src/configure-app.js';
import { serveDocument } from '../../src/openapi/build-document.js';
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

  /** @param sharing another replica: this one uses its storage instead of making one */
  static async start(environment: Record<string, string> = {}, sharing?: Drawbridge): Promise<Drawbridge> {
    const home = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
    const root = join(home, 'backups');
    mkdirSync(root);
    const port = await freePort();
    const adminKey = `test-key-${randomBytes(24).toString('hex')}`;
    const config = loadConfig({
      NODE_ENV: 'test',
      DEMO: 'false',
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      DATA_DIR: join(home, 'data'),
      LOCAL_STORAGE_ROOTS: home,
      ADMIN_API_KEY: adminKey,
      LOG_LEVEL: 'error',
      ...environment,
    });
    const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), {
      logger: environment['LOG_LEVEL'] === undefined ? false : ['error', 'warn', 'log'],
      abortOnError: false,
    });
    configureApp(app, config);
    serveDocument(app);
    await app.listen(port, '127.0.0.1');
    const drawbridge = new Drawbridge(app, `http://127.0.0.1:${port}`, adminKey, home, root);
    if (sharing) drawbridge.storageId = sharing.storageId;
    else await drawbridge.addStorage(root);
    return drawbridge;
  }

  async stop(): Promise<void> {
    await this.app.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}
