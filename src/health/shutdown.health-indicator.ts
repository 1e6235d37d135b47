import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';

/** Down from the moment the service begins to stop, so that balancers send nobody new while downloads end. */
@Injectable()
export class ShutdownHealthIndicator implements OnModuleDestroy {
  private stopping = false;

  constructor(private readonly indicators: HealthIndicatorService) {}

  onModuleDestroy(): void {
    this.stopping = true;
  }

  check(): HealthIndicatorResult {
    const indicator = this.indicators.check('running');
    return this.stopping ? indicator.down() : indicator.up();
  }
}
