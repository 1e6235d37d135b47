import { Controller, Get, Module, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { answerTo } from '../../test/support/answer.js';
import { LINKS, STORAGE, type Permission } from '../common/permissions.js';
import type { Principal, RequestWithPrincipal } from '../common/principal.js';
import { ProblemFilter } from '../common/problem.filter.js';
import { Public } from '../common/public.decorator.js';
import { RequirePermissions } from '../common/require-permissions.decorator.js';
import { AccessGuard } from './access.guard.js';
import { CREDENTIAL_VERIFIERS, type CredentialVerifier } from './credential-verifier.js';
import { presentedKey } from './presented-key.js';

const principal = (id: string, ...permissions: Permission[]): Principal => ({
  kind: 'user',
  id,
  permissions,
  scopes: [],
});

/** Knows one key, and counts how often it is asked. */
class OneKey implements CredentialVerifier {
  asked = 0;

  constructor(
    private readonly key: string,
    private readonly found: Principal,
  ) {}

  async verify(headers: Parameters<CredentialVerifier['verify']>[0]): Promise<Principal | undefined> {
    this.asked++;
    return presentedKey(headers) === this.key ? this.found : undefined;
  }
}

@Controller('declared')
class DeclaredController {
  @Get('nothing')
  nothing(): string {
    return 'reached';
  }

  @Get('public')
  @Public()
  open(): string {
    return 'reached';
  }

  @Get('read')
  @RequirePermissions(STORAGE.READ)
  read(): string {
    return 'reached';
  }

  @Get('contradictory')
  @Public()
  @RequirePermissions(STORAGE.READ)
  contradictory(): string {
    return 'reached';
  }

  @Get('both')
  @RequirePermissions(STORAGE.READ, LINKS.MANAGE)
  both(): string {
    return 'reached';
  }
}

@Public()
@Controller('public')
class PublicController {
  @Get('as-the-class')
  asTheClass(): string {
    return 'reached';
  }

  @Get('guarded')
  @RequirePermissions(STORAGE.READ)
  guarded(): string {
    return 'reached';
  }
}

@RequirePermissions(STORAGE.READ)
@Controller('guarded')
class GuardedController {
  @Get('as-the-class')
  asTheClass(): string {
    return 'reached';
  }

  @Get('public')
  @Public()
  open(): string {
    return 'reached';
  }

  @Get('other')
  @RequirePermissions(LINKS.READ)
  other(): string {
    return 'reached';
  }
}

const reader = new OneKey('reader-key', principal('reader', STORAGE.READ));
const nobody = new OneKey('nobody-key', principal('nobody'));

@Module({
  controllers: [DeclaredController, PublicController, GuardedController],
  providers: [
    { provide: CREDENTIAL_VERIFIERS, useValue: [reader, nobody] },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
class AppModule {}

describe('AccessGuard', () => {
  let app: NestExpressApplication;
  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
    app = module.createNestApplication<NestExpressApplication>({ logger: false });
    app.useGlobalFilters(new ProblemFilter());
    await app.init();
  });
  afterAll(() => app.close());
  beforeEach(() => {
    reader.asked = nobody.asked = 0;
  });

  const get = (path: string, key?: string) => {
    const asked = request(app.getHttpServer()).get(path);
    return key === undefined ? asked : asked.set('Authorization', `Bearer ${key}`);
  };

  it.each([
    ['/declared/public', undefined, 200],
    ['/declared/public', 'wrong-key', 200],
    ['/declared/read', undefined, 401],
    ['/declared/read', 'wrong-key', 401],
    ['/declared/read', 'nobody-key', 403],
    ['/declared/read', 'reader-key', 200],
    ['/declared/both', 'reader-key', 403],
    // Denied by default: whoever forgets to declare serves nobody.
    ['/declared/nothing', undefined, 401],
    ['/declared/nothing', 'reader-key', 403],
    ['/declared/contradictory', undefined, 401],
    ['/declared/contradictory', 'reader-key', 200],
    // The handler's own declaration goes before its class's.
    ['/public/as-the-class', undefined, 200],
    ['/public/guarded', undefined, 401],
    ['/public/guarded', 'nobody-key', 403],
    ['/public/guarded', 'reader-key', 200],
    ['/guarded/as-the-class', undefined, 401],
    ['/guarded/as-the-class', 'reader-key', 200],
    ['/guarded/public', undefined, 200],
    ['/guarded/other', 'reader-key', 403],
  ])('%s with the key %s: %i', async (path, key, status) => {
    const { text } = await get(path, key).expect(status);
    expect(text === 'reached').toBe(status === 200);
  });

  it('says how to authenticate', async () => {
    const { body, headers } = await answerTo(get('/declared/read', 'wrong-key').expect(401));
    expect(headers['www-authenticate']).toBe('Bearer realm="drawbridge"');
    expect(body).toMatchObject({ code: 'unauthenticated', status: 401, success: false });
    expect(JSON.stringify(body)).not.toContain('wrong-key');
  });

  it('names what is missing', async () => {
    const { body, headers } = await answerTo(get('/declared/both', 'reader-key').expect(403));
    expect(body).toMatchObject({
      code: 'forbidden',
      detail: 'This needs the permission STORAGE.READ and LINKS.MANAGE. Ask an administrator for it.',
    });
    expect(headers).not.toHaveProperty('www-authenticate');
    const undeclared = await answerTo(get('/declared/nothing', 'reader-key').expect(403));
    expect(undeclared.body).toMatchObject({ detail: 'This route allows nobody.' });
  });

  it('asks the verifiers in order, until one knows the credential', async () => {
    await get('/declared/read', 'reader-key').expect(200);
    expect([reader.asked, nobody.asked]).toEqual([1, 0]);
    await get('/declared/read', 'nobody-key').expect(403);
    expect([reader.asked, nobody.asked]).toEqual([2, 1]);
    await get('/declared/public', 'reader-key').expect(200);
    expect([reader.asked, nobody.asked]).toEqual([2, 1]);
  });

  it('takes the key from X-API-Key too', async () => {
    await get('/declared/read').set('X-API-Key', 'reader-key').expect(200);
    await get('/declared/read').set('X-API-Key', 'wrong-key').expect(401);
  });
});

/** Stands for the SSO guard of a host app: it ran before ours. */
class HostGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const asked = context
      .switchToHttp()
      .getRequest<RequestWithPrincipal & { headers: NodeJS.Dict<string> }>();
    if (asked.headers['x-sso'] !== undefined) asked.principal = principal(asked.headers['x-sso'], LINKS.READ);
    return true;
  }
}

describe('AccessGuard behind the guard of a host app', () => {
  @UseGuards(HostGuard, AccessGuard)
  @Controller()
  class HostController {
    @Get('links')
    @RequirePermissions(LINKS.READ)
    links(): string {
      return 'reached';
    }

    @Get('files')
    @RequirePermissions(STORAGE.READ)
    files(): string {
      return 'reached';
    }
  }

  let app: NestExpressApplication;
  beforeAll(async () => {
    const module = await Test.createTestingModule({
      controllers: [HostController],
      providers: [{ provide: CREDENTIAL_VERIFIERS, useValue: [reader] }, AccessGuard, Reflector],
    }).compile();
    app = module.createNestApplication<NestExpressApplication>({ logger: false });
    app.useGlobalFilters(new ProblemFilter());
    await app.init();
  });
  afterAll(() => app.close());
  const get = (path: string) => request(app.getHttpServer()).get(path);

  it('respects the principal that is there already, and asks nobody else', async () => {
    reader.asked = 0;
    await get('/links').set('X-SSO', 'anna').expect(200);
    await get('/files').set('X-SSO', 'anna').set('Authorization', 'Bearer reader-key').expect(403);
    expect(reader.asked).toBe(0);
  });

  it('falls back to the verifiers when there is none', async () => {
    await get('/links').expect(401);
    await get('/files').set('Authorization', 'Bearer reader-key').expect(200);
  });
});
