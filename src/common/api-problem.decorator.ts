import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './problem.dto.js';
import { PROBLEM_TYPE_PREFIX } from './problem.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json' as const;

/**
 * Documents an error answer: its status and every problem code it can carry, each with an example.
 * @param problems code -> what the client reads (`detail`)
 */
export function ApiProblem(status: number, title: string, problems: Readonly<Record<string, string>>) {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiResponse({ status, ...problemResponse(status, title, problems) }),
  );
}

/** The OpenAPI response object of such an answer. */
export function problemResponse(status: number, title: string, problems: Readonly<Record<string, string>>) {
  const examples = Object.fromEntries(
    Object.entries(problems).map(([code, detail]) => [
      code,
      {
        value: {
          type: PROBLEM_TYPE_PREFIX + code,
          title,
          status,
          detail,
          code,
          success: false,
          error: detail,
        },
      },
    ]),
  );
  return {
    description: `${title}: ${Object.keys(problems)
      .map((code) => `\`${code}\``)
      .join(', ')}`,
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(ProblemDto) }, examples } },
  };
}
