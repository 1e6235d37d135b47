import { HttpException } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE, problemResponse } from '../common/api-problem.decorator.js';
import { toProblem } from '../common/to-problem.js';

const METHODS_WITH_BODY = ['post', 'put', 'patch'] as const;
const METHODS = ['get', 'head', 'delete', ...METHODS_WITH_BODY] as const;

/** Adds to every operation the problems that no handler documents, because none ever sees the request. */
export function documentCommonProblems(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const responses = item[method]?.responses as Responses | undefined;
      if (!responses) continue;
      const takesBody = METHODS_WITH_BODY.some((other) => other === method);
      // A path parameter can be badly encoded, a body malformed, too large or of another type.
      if (takesBody || path.includes('{')) addProblem(responses, 400);
      if (takesBody) for (const status of [413, 415]) addProblem(responses, status);
      addProblem(responses, 500);
    }
}

type ProblemResponse = ReturnType<typeof problemResponse>;
type Responses = Partial<Record<string, ProblemResponse>>;

/** The framework's own error of that status, as the filter would answer it. */
function addProblem(responses: Responses, status: number): void {
  const { title, code, message } = toProblem(new HttpException('', status));
  const common = problemResponse(status, title, { [code]: message });
  const own = responses[status];
  const examples = own?.content[PROBLEM_MEDIA_TYPE].examples;
  if (!own || !examples) responses[status] = common;
  else if (!(code in examples)) {
    Object.assign(examples, common.content[PROBLEM_MEDIA_TYPE].examples);
    own.description += `, \`${code}\``;
  }
}
