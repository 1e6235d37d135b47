import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { AdminKeyVerifier } from './admin-key.verifier.js';
import { AdminKeyService } from './admin-key.service.js';
import { CREDENTIAL_VERIFIERS } from './credential-verifier.js';

/** Who is asking, and may they? Guards every route of the app it is imported into. */
@Module({
  providers: [
    AdminKeyService,
    AdminKeyVerifier,
    { provide: CREDENTIAL_VERIFIERS, inject: [AdminKeyVerifier], useFactory: (...all: unknown[]) => all },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AdminKeyService],
})
export class AccessModule {}
