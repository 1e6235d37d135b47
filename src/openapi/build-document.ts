import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { documentCommonProblems } from './common-problems.js';

const DESCRIPTION = `Single-use, short-lived download links for backups.

Mint a link with \`POST /api/storage/{id}/download-url\`; the server that needs the backup fetches it with plain
\`curl\` or \`wget\`. Errors are RFC 9457 problem details with a stable \`type\`.`;

/** The API as code describes it; `swagger/openapi.json` is this, checked in. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setTitle('Drawbridge')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'API key',
      description: 'An API key. `X-API-Key: <key>` does the same.',
    })
    .build();
  const document = SwaggerModule.createDocument(app, settings, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    autoTagControllers: false,
  });
  documentCommonProblems(document);
  return document;
}

/** Swagger UI at `/api/docs`, the document at `/api/openapi.json`. */
export function serveDocument(app: INestApplication): void {
  SwaggerModule.setup('api/docs', app, () => buildDocument(app), {
    jsonDocumentUrl: 'api/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Drawbridge API',
    // No badge from validator.swagger.io.
    swaggerOptions: { validatorUrl: null },
  });
}
