import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../app.module.js';
import { loadConfig } from '../config/load-config.js';
import { buildDocument } from './build-document.js';

/** `node dist/openapi/write-openapi.js <file>`: writes the API's description. Run by `npm run swagger`. */
const target = process.argv[2];
if (target === undefined) throw new Error('Name the file to write the OpenAPI document to');
const dataDir = mkdtempSync(join(tmpdir(), 'drawbridge-openapi-'));
try {
  const config = loadConfig({ DATA_DIR: dataDir, DEMO: 'false' });
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), {
    logger: ['error'],
  });
  writeFileSync(target, `${JSON.stringify(buildDocument(app), undefined, 2)}\n`);
  await app.close();
} finally {
  rmSync(dataDir, { recursive: true });
}
