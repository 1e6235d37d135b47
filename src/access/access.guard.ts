import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { forbidden, unauthenticated } from '../common/access-problems.js';
import type { Permission } from '../common/permissions.js';
import type { Principal, RequestWithPrincipal } from '../common/principal.js';
import { IS_PUBLIC } from '../common/public.decorator.js';
import { REQUIRED_PERMISSIONS } from '../common/require-permissions.decorator.js';
import { CREDENTIAL_VERIFIERS, type CredentialVerifier } from './credential-verifier.js';

interface Declaration {
  readonly isPublic: boolean;
  readonly required: readonly Permission[] | undefined;
}

/**
 * The one global guard. It denies by default: a handler is `@Public()`, or names the permissions it takes, or is
 * refused. A guard before this one (a host app's SSO) may have filled `request.principal`; then nobody else is asked.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(CREDENTIAL_VERIFIERS) private readonly verifiers: readonly CredentialVerifier[],
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { isPublic, required } = this.declaration(context);
    if (isPublic && !required) return true;
    const request = context.switchToHttp().getRequest<Request & RequestWithPrincipal>();
    const principal = (request.principal ??= await this.identify(request));
    if (!principal) throw unauthenticated();
    if (!required || !required.every((permission) => principal.permissions.includes(permission)))
      throw forbidden(required ?? []);
    return true;
  }

  /** The handler's own declaration goes before its class's, so that a public class cannot open a guarded handler. */
  private declaration(context: ExecutionContext): Declaration {
    return (
      [context.getHandler(), context.getClass()]
        .map((target) => ({
          isPublic: this.reflector.get<boolean | undefined>(IS_PUBLIC, target) === true,
          required: this.reflector.get<Permission[] | undefined>(REQUIRED_PERMISSIONS, target),
        }))
        .find(({ isPublic, required }) => isPublic || required) ?? { isPublic: false, required: undefined }
    );
  }

  private async identify(request: Request): Promise<Principal | undefined> {
    for (const verifier of this.verifiers) {
      const principal = await verifier.verify(request.headers);
      if (principal) return principal;
    }
    return undefined;
  }
}
