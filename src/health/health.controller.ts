import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { ProblemError } from '../common/problem.js';
import { Public } from '../common/public.decorator.js';
import { DatabaseHealthIndicator } from './database.health-indicator.js';
import { ShutdownHealthIndicator } from './shutdown.health-indicator.js';

class HealthDto {
  @ApiProperty({ example: 'ok' })
  status!: string;
}

/** For orchestrators and balancers. */
@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealthIndicator,
    private readonly shutdown: ShutdownHealthIndicator,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Is the process alive? If not, restart it.' })
  @ApiOkResponse({ type: HealthDto })
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Can it serve? If not, send it nobody.' })
  @ApiOkResponse({ type: HealthDto })
  @ApiProblem(503, 'Not ready', { 'not-ready': 'Not ready: database.' })
  async ready(): Promise<HealthDto> {
    try {
      await this.health.check([() => this.database.check(), () => this.shutdown.check()]);
      return { status: 'ok' };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const { error: down } = error.getResponse() as { error: Record<string, unknown> };
      throw new ProblemError({
        status: 503,
        code: 'not-ready',
        title: 'Not ready',
        detail: `Not ready: ${Object.keys(down).join(', ')}.`,
        headers: { 'Retry-After': '2' },
        logLevel: 'warn',
      });
    }
  }
}
