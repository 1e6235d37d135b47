import { describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  ForbiddenException,
  InternalServerErrorException,
  NotFoundException,
  UnauthorizedException,
} from '@nestjs/common';
import { badRequest, notFound, ProblemError } from './problem.js';
import { toProblem } from './to-problem.js';

/** As `http-errors` makes them for the client. */
const withStatus = (status: unknown) => Object.assign(new Error('canary'), { status, expose: true });
/** As an SDK makes them about its own requests. */
const foreign = (status: number) => Object.assign(new Error('canary'), { status });

describe('toProblem', () => {
  it('leaves our own problems as they are', () => {
    const problem = notFound('There is no such link.');
    expect(toProblem(problem)).toBe(problem);
  });

  it.each([
    [new BadRequestException('canary'), 400, 'bad-request'],
    [new NotFoundException('Cannot GET /?token=canary'), 404, 'not-found'],
    [withStatus(400), 400, 'bad-request'],
    [withStatus(405), 405, 'method-not-allowed'],
    [withStatus(413), 413, 'too-large'],
    [withStatus(415), 415, 'unsupported-media-type'],
    [new UnauthorizedException('canary'), 401, 'unauthenticated'],
    [new ForbiddenException('canary'), 403, 'forbidden'],
    [foreign(404), 500, 'internal'],
    [withStatus(418), 418, 'bad-request'],
    [withStatus(499), 499, 'bad-request'],
    [new InternalServerErrorException('canary'), 500, 'internal'],
    [withStatus(502), 500, 'internal'],
    [withStatus(200), 500, 'internal'],
    [withStatus('404'), 500, 'internal'],
    [withStatus(Number.NaN), 500, 'internal'],
    [new Error('canary'), 500, 'internal'],
    ['canary', 500, 'internal'],
    [null, 500, 'internal'],
    [undefined, 500, 'internal'],
    [42, 500, 'internal'],
  ])('%p is %i %s, in our own words', (error, status, code) => {
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status, code, cause: error });
    expect(JSON.stringify(problem.toBody())).not.toContain('canary');
    expect(problem.message.length).toBeGreaterThan(20);
  });
});

describe('ProblemError', () => {
  it('has one body shape, with extensions that cannot pose as success', () => {
    const body = badRequest('Give a name.', { errors: [], success: true, error: 'other' }).toBody();
    expect(body).toEqual({
      type: 'urn:drawbridge:problem:bad-request',
      title: 'The request is not valid',
      status: 400,
      detail: 'Give a name.',
      code: 'bad-request',
      errors: [],
      success: false,
      error: 'Give a name.',
    });
  });

  it('is logged as an error from 500 on, unless it says otherwise', () => {
    const make = (status: number) => new ProblemError({ status, code: 'x', title: 'X', detail: 'x' });
    expect(make(499).logLevel).toBe('debug');
    expect(make(500).logLevel).toBe('error');
    const mild = new ProblemError({ status: 503, code: 'x', title: 'X', detail: 'x', logLevel: 'warn' });
    expect(mild.logLevel).toBe('warn');
  });
});
