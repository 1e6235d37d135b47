import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { configureApp } from '../../src/configure-app.js';
import type { LinkWithTransfersDto } from '../../src/downloads/links/links.dto.js';
import type { MintedLinkDto } from '../../src/downloads/minting/mint.dto.js';
import { serveDocument } from '../../src/openapi/build-document.js';
import { freePort } from './free-port.js';

export interface ApiAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/**
 * The whole service in this process, listening on a free port of 127.0.0.1: real configuration, database, storage and
 * HTTP; nothing is faked. Its one storage is an empty folder, `root`.
 */
export class Drawbridge {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    readonly adminKey: string,
    /** Temporary; holds data directory and storage root. */
    readonly home: string,
    readonly root: string,
  ) {}

  /** Id of the storage whose root is `root`. */
  storageId = '';

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
    if (sharing) {
      drawbridge.storageId = sharing.storageId;
      return drawbridge;
    }
    const made = await drawbridge.api<{ id: string }>('POST', '/api/storage', {
      name: 'Backups',
      adapter: 'local',
      config: { root },
    });
    drawbridge.storageId = made.body.id;
    return drawbridge;
  }

  async api<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = { Authorization: `Bearer ${this.adminKey}` },
  ): Promise<ApiAnswer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
  }

  async addKey(id: string, material: string): Promise<void> {
    const { status } = await this.api('POST', '/api/encryption-keys', {
      name: id,
      format: 'dbackup',
      material,
      id,
    });
    if (status !== 201) throw new Error(`The key was not added: ${status}`);
  }

  tryMint(file: string, options: Record<string, unknown> = {}): Promise<ApiAnswer<MintedLinkDto>> {
    return this.api('POST', `/api/storage/${this.storageId}/download-url`, { file, ...options });
  }

  async mint(file: string, options: Record<string, unknown> = {}): Promise<MintedLinkDto> {
    const { status, body } = await this.tryMint(file, options);
    if (status !== 200) throw new Error(`Not minted: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async link(id: string): Promise<LinkWithTransfersDto> {
    return (await this.api<LinkWithTransfersDto>('GET', `/api/downloads/${id}`)).body;
  }

  /** The link's state once it is one of `states`, or as it is when `withinMs` have passed. */
  async stateOf(id: string, states: readonly string[], withinMs = 2_000): Promise<string> {
    const until = performance.now() + withinMs;
    for (;;) {
      const { state } = await this.link(id);
      if (states.includes(state) || performance.now() > until) return state;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    await this.app.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}
