import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ALL_PERMISSIONS } from '../common/permissions.js';
import type { Principal } from '../common/principal.js';
import { AdminKeyService } from './admin-key.service.js';
import type { CredentialVerifier } from './credential-verifier.js';
import { presentedKey } from './presented-key.js';

const ADMIN: Principal = { kind: 'admin-key', id: 'admin', permissions: ALL_PERMISSIONS, scopes: [] };

/** Knows the admin API key. */
@Injectable()
export class AdminKeyVerifier implements CredentialVerifier {
  constructor(private readonly adminKey: AdminKeyService) {}

  verify(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    const key = presentedKey(headers);
    return Promise.resolve(key !== undefined && this.adminKey.matches(key) ? ADMIN : undefined);
  }
}
