import type { NestExpressApplication } from '@nestjs/platform-express';
import { ProblemFilter } from './common/problem.filter.js';
import { createValidationPipe } from './common/validation.pipe.js';
import type { AppConfig } from './config/app-config.js';

const MAX_BODY = '256kb';

/** What the whole HTTP surface has in common; the service and its tests call it alike. */
export function configureApp(app: NestExpressApplication, config: Pick<AppConfig, 'trustedProxies'>): void {
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', [...config.trustedProxies]);
  app.useBodyParser('json', { limit: MAX_BODY });
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
}
