import type { Server } from 'node:https';
import { Logger } from '@nestjs/common';
import { describeError } from '../common/describe-error.js';
import { ConfigError } from '../config/config-error.js';
import type { CertificateFiles } from './certificate-files.js';

const POLL_MS = 5_000;

/**
 * Takes a renewed certificate into use without a restart; connections that exist keep theirs. Polls, because file
 * system events are lost over network mounts and when a link is turned. A pair that does not fit (the second file may
 * not be there yet) leaves the old one in use.
 */
export class CertificateReloader {
  private readonly logger = new Logger('Tls');
  private readonly timer: NodeJS.Timeout;
  private seen: string | undefined;

  constructor(
    private readonly files: CertificateFiles,
    private readonly server: Pick<Server, 'setSecureContext'>,
    pollMs = POLL_MS,
  ) {
    this.timer = setInterval(() => void this.look(), pollMs).unref();
    void this.look();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const stamp = await this.files.stamp();
    const known = this.seen;
    this.seen = stamp;
    if (known === undefined || known === stamp) return;
    try {
      this.server.setSecureContext(this.files.read());
      this.logger.log('The certificate was renewed.');
    } catch (error) {
      const why = error instanceof ConfigError ? error.problems.join('; ') : describeError(error);
      this.logger.error(`The new certificate cannot be used, so the old one stays: ${why}`);
    }
  }
}
