import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { forbidden, unauthenticated } from './access-problems.js';
import { ApiProblem } from './api-problem.decorator.js';
import type { Permission } from './permissions.js';

export const REQUIRED_PERMISSIONS = 'drawbridge:required-permissions';

/** The handler needs a principal that has every one of these; documents the refusals that come with that. */
export const RequirePermissions = (...permissions: [Permission, ...Permission[]]) =>
  applyDecorators(
    SetMetadata(REQUIRED_PERMISSIONS, permissions),
    ApiBearerAuth(),
    ...[unauthenticated(), forbidden(permissions)].map(({ status, title, code, message }) =>
      ApiProblem(status, title, { [code]: message }),
    ),
  );
