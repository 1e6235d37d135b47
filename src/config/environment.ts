import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';
import { LimitsEnvironment } from './limits-environment.js';
import { IsCidrList, IsDatabaseUrl } from './validators.js';
import { integer } from './whole-number.decorator.js';

const trimmed = () => Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));
const flag = () =>
  Transform(({ value }: { value: unknown }) => {
    if (value === undefined || value === '') return undefined;
    return value === 'true' ? true : value === 'false' ? false : Number.NaN;
  });

const URL_RULES = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
const DAY_MS = 86_400_000;

/**
 * The variables as the operator writes them, and what each takes. Messages name the variable and what it takes,
 * never the value: it may be a secret in the wrong place.
 */
export class Environment extends LimitsEnvironment {
  @IsOptional()
  @IsIn(['development', 'production', 'test'], { message: 'NODE_ENV takes development, production or test' })
  @trimmed()
  NODE_ENV?: string;

  @IsOptional()
  @integer()
  @IsInt({ message: 'PORT takes a port number, 0 to 65535' })
  @Min(0, { message: 'PORT takes a port number, 0 to 65535' })
  @Max(65_535, { message: 'PORT takes a port number, 0 to 65535' })
  PORT?: number;

  @IsOptional()
  @trimmed()
  @Matches(/^[\w.:-]+$/, {
    message: 'HOST takes a host name or an address to listen on, such as 127.0.0.1 or 0.0.0.0',
  })
  HOST?: string;

  @IsOptional()
  @trimmed()
  @IsUrl(URL_RULES, {
    message: 'PUBLIC_URL takes an http:// or https:// address, such as https://backup.example.com',
  })
  @Matches(/^[^?#@]*$/, { message: 'PUBLIC_URL takes an address without user, query and fragment' })
  PUBLIC_URL?: string;

  @IsOptional()
  @trimmed()
  DATA_DIR?: string;

  @IsOptional()
  @trimmed()
  @IsDatabaseUrl({
    message: 'DATABASE_URL takes postgres://user:password@host/database; leave it out for SQLite',
  })
  DATABASE_URL?: string;

  @IsOptional()
  @trimmed()
  @Matches(/^[0-9a-fA-F]{64}$/, {
    message: 'ENCRYPTION_KEY takes 64 hexadecimal digits (openssl rand -hex 32)',
  })
  ENCRYPTION_KEY?: string;

  @IsOptional()
  @trimmed()
  @Matches(/^[\x21-\x7e]{32,256}$/, {
    message:
      'ADMIN_API_KEY takes 32 to 256 printable ASCII characters without spaces (openssl rand -base64 32)',
  })
  ADMIN_API_KEY?: string;

  @IsOptional()
  @flag()
  @IsBoolean({ message: 'DEMO takes true or false' })
  DEMO?: boolean;

  @IsOptional()
  @trimmed()
  @IsCidrList({
    message: 'TRUSTED_PROXIES takes a comma list of addresses or CIDR ranges, such as 10.0.0.0/8,::1',
  })
  TRUSTED_PROXIES?: string;

  @IsOptional()
  @trimmed()
  @Matches(/^\/[^,]*(,\s*\/[^,]*)*$/, {
    message: 'LOCAL_STORAGE_ROOTS takes a comma list of absolute folders, such as /srv/backups,/mnt/nas',
  })
  LOCAL_STORAGE_ROOTS?: string;

  @IsOptional()
  @flag()
  @IsBoolean({ message: 'ALLOW_PRIVATE_ENDPOINTS takes true or false' })
  ALLOW_PRIVATE_ENDPOINTS?: boolean;

  @IsOptional()
  @trimmed()
  @IsIn(['database', 'memory'], { message: 'TOKEN_STORE takes database or memory' })
  TOKEN_STORE?: 'database' | 'memory';

  @IsOptional()
  @integer()
  @IsInt({ message: 'TOKEN_TTL_MS takes milliseconds, 1000 to 604800000 (7 days)' })
  @Min(1000, { message: 'TOKEN_TTL_MS takes milliseconds, 1000 to 604800000 (7 days)' })
  @Max(7 * DAY_MS, { message: 'TOKEN_TTL_MS takes milliseconds, 1000 to 604800000 (7 days)' })
  TOKEN_TTL_MS?: number;

  @IsOptional()
  @integer()
  @IsInt({ message: 'CLEANUP_INTERVAL_MS takes milliseconds, 1000 to 86400000' })
  @Min(1000, { message: 'CLEANUP_INTERVAL_MS takes milliseconds, 1000 to 86400000' })
  @Max(DAY_MS, { message: 'CLEANUP_INTERVAL_MS takes milliseconds, 1000 to 86400000' })
  CLEANUP_INTERVAL_MS?: number;

  @IsOptional()
  @integer()
  @IsInt({ message: 'TRANSFER_WINDOW_MS takes milliseconds, 60000 to 2592000000 (30 days)' })
  @Min(60_000, { message: 'TRANSFER_WINDOW_MS takes milliseconds, 60000 to 2592000000 (30 days)' })
  @Max(30 * DAY_MS, { message: 'TRANSFER_WINDOW_MS takes milliseconds, 60000 to 2592000000 (30 days)' })
  TRANSFER_WINDOW_MS?: number;

  @IsOptional()
  @integer()
  @IsInt({ message: 'DELIVERY_GRACE_MS takes milliseconds, 100 to 600000' })
  @Min(100, { message: 'DELIVERY_GRACE_MS takes milliseconds, 100 to 600000' })
  @Max(600_000, { message: 'DELIVERY_GRACE_MS takes milliseconds, 100 to 600000' })
  DELIVERY_GRACE_MS?: number;

  @IsOptional()
  @trimmed()
  TLS_CERT_FILE?: string;

  @IsOptional()
  @trimmed()
  TLS_KEY_FILE?: string;

  @IsOptional()
  @trimmed()
  @IsIn(['debug', 'log', 'warn', 'error'], { message: 'LOG_LEVEL takes debug, log, warn or error' })
  LOG_LEVEL?: LogLevelName;
}

export type LogLevelName = 'debug' | 'log' | 'warn' | 'error';
