import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Length, Matches, Max, ValidateNested } from 'class-validator';
import request from 'supertest';
import { answerTo } from '../../test/support/answer.js';
import { PageQuery } from './page.js';
import { ProblemFilter } from './problem.filter.js';
import { createValidationPipe } from './validation.pipe.js';

const CANARY = 'canary-91d0';

class Part {
  @IsInt()
  @Max(10)
  number!: number;
}

class Thing {
  @IsString()
  @Length(1, 20)
  name!: string;

  @IsOptional()
  @IsIn(['local', 's3'])
  kind?: string;

  @IsOptional()
  @Matches(/^[0-9a-f]+$/)
  hex?: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Part)
  parts?: Part[];
}

@Controller('things')
class ThingsController {
  @Post()
  create(@Body() thing: Thing): unknown {
    return { isThing: thing instanceof Thing, thing };
  }

  @Get()
  list(@Query() query: PageQuery): unknown {
    return { isQuery: query instanceof PageQuery, query };
  }
}

interface Refusal {
  readonly code: string;
  readonly error: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

describe('createValidationPipe', () => {
  let app: NestExpressApplication;
  beforeAll(async () => {
    const module = await Test.createTestingModule({ controllers: [ThingsController] }).compile();
    app = module.createNestApplication<NestExpressApplication>({ logger: false });
    app.useGlobalPipes(createValidationPipe());
    app.useGlobalFilters(new ProblemFilter());
    await app.init();
  });
  afterAll(() => app.close());

  const post = (body: string | object) =>
    request(app.getHttpServer()).post('/things').set('Content-Type', 'application/json').send(body);
  const refusal = async (body: string | object): Promise<Refusal> => {
    const { body: answer, text } = await answerTo(post(body).expect(400));
    expect(text).not.toContain(CANARY);
    expect(answer).toMatchObject({ type: 'urn:drawbridge:problem:bad-request', code: 'bad-request' });
    expect(answer).toMatchObject({ title: 'The request is not valid', status: 400, success: false });
    return answer as Refusal;
  };
  const fields = async (body: string | object) => (await refusal(body)).errors.map(({ field }) => field);

  it('hands a valid body on as its class', async () => {
    const thing = { name: 'x', kind: 's3', hex: '00ff', parts: [{ number: 3 }] };
    const { body } = await answerTo(post(thing).expect(201));
    expect(body).toEqual({ isThing: true, thing });
  });

  it('makes the values of a query what the class says, with its defaults', async () => {
    const server = request(app.getHttpServer());
    expect((await server.get('/things?limit=5&cursor=c').expect(200)).body).toEqual({
      isQuery: true,
      query: { limit: 5, cursor: 'c' },
    });
    expect((await server.get('/things').expect(200)).body).toEqual({
      isQuery: true,
      query: { limit: 100 },
    });
  });

  it.each(['0', '1001', '1.5', 'x', '', 'Infinity', '1e9'])('refuses limit=%s', async (limit) => {
    const { body } = await answerTo(request(app.getHttpServer()).get('/things').query({ limit }).expect(400));
    expect((body as Refusal).errors[0]?.field).toBe('limit');
  });

  it('refuses a repeated query field', async () => {
    await request(app.getHttpServer()).get('/things?cursor=a&cursor=b').expect(400);
  });

  it('refuses unknown fields, and names them', async () => {
    const { errors, error } = await refusal({ name: 'x', nmae: CANARY, other: 1 });
    expect(errors.map(({ field }) => field)).toEqual(['nmae', 'other']);
    expect(error).toBe('property nmae should not exist; property other should not exist');
  });

  it('names a nested field by its whole path', async () => {
    const parts = [{ number: 1 }, { number: 99 }, { number: 1, extra: CANARY }];
    expect(await fields({ name: 'x', parts })).toEqual(['parts.1.number', 'parts.2.extra']);
  });

  it('tells what every field takes, and never what was sent', async () => {
    const sent = { name: CANARY.repeat(3), kind: CANARY, hex: CANARY, parts: [{ number: CANARY }] };
    const { error, errors } = await refusal(sent);
    expect(new Set(errors.map(({ field }) => field))).toEqual(
      new Set(['name', 'kind', 'hex', 'parts.0.number']),
    );
    expect(error).toContain('kind must be one of the following values: local, s3');
    for (const { message } of errors) expect(error).toContain(message);
  });

  it.each([
    ['nothing', ''],
    ['an empty object', '{}'],
    ['a list', `["${CANARY}"]`],
    ['a list of valid ones', '[{"name":"x"}]'],
    ['a field of the wrong type', `{"name":{"a":"${CANARY}"}}`],
    ['null for a field', '{"name":null}'],
    ['a part that is no object', `{"name":"x","parts":["${CANARY}"]}`],
    ['parts that are no list', `{"name":"x","parts":"${CANARY}"}`],
  ])('refuses %s', async (_, body) => {
    await refusal(body);
  });

  it('does not let a body reach the prototypes', async () => {
    await post('{"name":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((new Thing() as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
