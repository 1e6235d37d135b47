import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { describeError } from './common/describe-error.js';
import type { AppConfig } from './config/app-config.js';
import { ConfigError } from './config/config-error.js';
import { loadConfig } from './config/load-config.js';
import { configureApp } from './configure-app.js';
import { createLogger } from './logger.js';
import { serveDocument } from './openapi/build-document.js';
import { HttpServerAdapter } from './server/http-server.adapter.js';
import { stopOnSignals } from './stop-on-signals.js';
import { welcome } from './welcome.js';

async function start(config: AppConfig): Promise<void> {
  const adapter = new HttpServerAdapter(config);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), adapter, {
    logger: createLogger(config),
    abortOnError: false,
  });
  configureApp(app, config);
  serveDocument(app);
  stopOnSignals(app);
  await app.listen(config.port, config.host);
  process.stdout.write(welcome(app, config));
}

/** What an operator can act on, in one line; else what the log needs. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return 'PORT is in use by another program: stop that one, or set PORT to a free port.';
  if (code === 'EACCES' && syscall === 'listen')
    return 'PORT may not be used by this user: set PORT to 1024 or more.';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return 'HOST is not an address of this machine: use 127.0.0.1, or 0.0.0.0 for all of its addresses.';
  return describeError(error);
}

try {
  await start(loadConfig());
} catch (error) {
  process.stderr.write(`Drawbridge cannot start. ${explain(error)}\n`);
  process.exit(1);
}
