import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DrawbridgeHome } from './support/drawbridge-process.js';
import { Drawbridge } from './support/drawbridge.js';
import {
  apiDocument,
  operations,
  PROBLEM_MEDIA_TYPE,
  schemas,
  type Schema,
} from './support/openapi-document.js';
import { handlerRoutes, nameOf } from './support/routes.js';

describe('the description of the API', () => {
  let drawbridge: Drawbridge;
  beforeAll(async () => {
    drawbridge = await Drawbridge.start();
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  it('is served as it is checked in', async () => {
    const home = new DrawbridgeHome();
    try {
      const { url } = await home.start();
      const response = await fetch(`${url}/api/openapi.json`);
      expect(await response.json()).toEqual(apiDocument);
    } finally {
      await home.remove();
    }
  });

  it('has exactly the routes that exist', () => {
    const exist = handlerRoutes(drawbridge.app).map(nameOf);
    const described = [...operations.keys()].map((name) => name.replace(/\{(\w+)\}/g, ':$1'));
    expect(described.sort()).toEqual(exist.sort());
  });

  it('asks for a key where the route does, and documents its refusal', () => {
    const guarded = handlerRoutes(drawbridge.app).filter(({ permissions }) => permissions);
    for (const route of guarded) {
      const operation = operations.get(nameOf(route).replace(/:(\w+)/g, '{$1}'));
      expect([nameOf(route), operation?.security]).toEqual([nameOf(route), [{ bearer: [] }]]);
      expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  it.each([...operations])('%s: an example for each problem', (_, operation) => {
    const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    // Who sends nothing can do nothing wrong.
    if (operation.security || operation.parameters?.length)
      expect(errors.filter(([status]) => Number(status) < 500)).not.toEqual([]);
    for (const [status, response] of errors) {
      const examples = Object.entries(response.content?.[PROBLEM_MEDIA_TYPE]?.examples ?? {});
      expect(examples).not.toEqual([]);
      for (const [code, { value }] of examples)
        expect(value).toMatchObject({ type: `urn:drawbridge:problem:${code}`, code, status: Number(status) });
    }
  });

  it('has an example for every field that does not explain itself', () => {
    const speaks = ['$ref', 'allOf', 'example', 'enum', 'format', 'default', 'properties'];
    const needsNone = (schema: Schema): boolean =>
      schema.items
        ? needsNone(schema.items)
        : schema.type === 'boolean' || speaks.some((keyword) => keyword in schema);
    const lacking = Object.entries(schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).flatMap(([field, schema]) => (needsNone(schema) ? [] : `${name}.${field}`)),
    );
    expect(lacking).toEqual([]);
  });

  it('requires nothing that has a default', () => {
    for (const { properties = {}, required = [] } of Object.values(schemas))
      for (const field of required) expect(properties[field]).not.toHaveProperty('default');
    for (const { parameters = [] } of operations.values())
      for (const { required, schema } of parameters)
        if (required) expect(schema).not.toHaveProperty('default');
  });

  it('is shown at /api/docs by a page that loads nothing from elsewhere', async () => {
    const page = await fetch(`${drawbridge.url}/api/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    const loaded = [...html.matchAll(/<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)="([^"]*)"/g)].map(
      ([, address = '']) => new URL(address, page.url),
    );
    expect(loaded.length).toBeGreaterThan(3);
    for (const address of loaded) {
      expect(address.origin).toBe(drawbridge.url);
      const response = await fetch(address);
      expect([address.pathname, response.status]).toEqual([address.pathname, 200]);
      const text = await response.text();
      if (address.pathname.endsWith('.css'))
        for (const [, target = ''] of text.matchAll(/url\(["']?([^"')]*)/g)) expect(target).toMatch(/^data:/);
      // Swagger UI would show what its makers' validator says of the description.
      if (address.pathname.endsWith('init.js')) expect(text).toContain('"validatorUrl": null');
    }
  });
});
