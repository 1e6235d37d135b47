import { isatty } from 'node:tty';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { describeError } from './common/describe-error.js';
import type { AppConfig } from './config/app-config.js';

const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];
/** Nest's account of how it wires itself up; of use to nobody but who debugs that. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);
/** They report what ends the start, with the disk's paths; `main.ts` explains it without. */
const STARTERS = new Set(['ExceptionHandler', 'NestApplication']);

/** Lines for people; JSON, one object a line, in production. */
export function createLogger({
  logLevel,
  production,
}: Pick<AppConfig, 'logLevel' | 'production'>): ConsoleLogger {
  return new DrawbridgeLogger({
    prefix: 'Drawbridge',
    json: production,
    colors: isatty(1),
    timestamp: true,
    logLevels: LEVELS.slice(0, LEVELS.indexOf(logLevel) + 1),
  });
}

class DrawbridgeLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!FRAMEWORK.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (STARTERS.has(String(rest.at(-1)))) return;
    super.error(Error.isError(message) ? describeError(message) : message, ...rest);
  }
}
