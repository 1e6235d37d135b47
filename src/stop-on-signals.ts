import { Logger, type INestApplication } from '@nestjs/common';
import { describeError } from './common/describe-error.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal lets downloads end and closes everything; a second one ends the process at once. */
export function stopOnSignals(app: INestApplication): void {
  const logger = new Logger('Shutdown');
  let stopping = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      logger.log(`${signal}: stopping; running downloads may end first. Again to stop at once.`);
      app.close().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error(describeError(error));
          process.exit(1);
        },
      );
    });
  }
}
