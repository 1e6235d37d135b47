import type { INestApplication } from '@nestjs/common';
import { AdminKeyService } from './access/admin-key.service.js';
import type { AppConfig } from './config/app-config.js';
import { publicUrlOf, publicUrlWarning } from './config/public-url.js';
import { DemoService } from './demo/demo.service.js';

/** What an operator reads at the end of the start. A key that was made just now is shown here and never again. */
export function welcome(app: INestApplication, config: AppConfig): string {
  const url = publicUrlOf(config);
  const key = app.get(AdminKeyService).takeFreshKey();
  const demo = app.get(DemoService).tryOut(url, key);
  const warning = publicUrlWarning(config);
  return [
    '',
    `Drawbridge is listening on ${config.host} port ${config.port}.`,
    `  Address   ${url}`,
    `  API       ${url}/api/docs`,
    ...(key === undefined ? [] : ['', `  Admin API key (shown once, keep it):  ${key}`]),
    ...(demo === undefined ? [] : ['', '  Try it in another terminal:', '', demo]),
    ...(warning === undefined ? [] : ['', `  Warning: ${warning}`]),
    '',
    '',
  ].join('\n');
}
