import { randomUUID } from 'node:crypto';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { describeError } from './describe-error.js';
import { ProblemError } from './problem.js';
import { toProblem } from './to-problem.js';

/** The one place where errors become answers: RFC 9457 bodies, and a log line without anything the client sent. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const request = http.getRequest<Request>();
    const problem = toProblem(error);
    const instance = `urn:uuid:${randomUUID()}`;
    this.log(problem, request, instance);
    if (response.headersSent) {
      // Too late for an answer; a cut connection is the only honest end of a body.
      response.destroy();
      return;
    }
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem.toBody(), ...(problem.status >= 500 ? { instance } : {}) }));
  }

  private log(problem: ProblemError, request: Request, instance: string): void {
    // The route's pattern, not the URL: that may carry a token.
    const route = (request.route as { path?: string } | undefined)?.path ?? '(no route)';
    const line = `${request.method} ${route} ${problem.status} ${problem.code} ${instance}`;
    if (problem.logLevel !== 'error') this.logger[problem.logLevel](line);
    else this.logger.error(problem.cause === undefined ? line : `${line}\n${describeError(problem.cause)}`);
  }
}
