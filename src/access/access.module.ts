import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { AdminKeyAuthenticator } from './admin-key.authenticator.js';
import { AdminKeyService } from './admin-key.service.js';
import { AUTHENTICATORS } from './authenticator.js';

/** Who is asking, and may they? Guards every route of the app it is imported into. */
@Module({
  providers: [
    AdminKeyService,
    AdminKeyAuthenticator,
    { provide: AUTHENTICATORS, inject: [AdminKeyAuthenticator], useFactory: (...all: unknown[]) => all },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AdminKeyService],
})
export class AccessModule {}
