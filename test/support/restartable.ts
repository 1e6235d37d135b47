import { randomBytes } from 'node:crypto';
import { DrawbridgeHome, type DrawbridgeProcess } from './drawbridge-process.js';
import { TEST_KEY, TEST_PROFILE, writeEncryptedBackup } from './encrypted-backup.js';
import { freePort } from './free-port.js';

/** More than the kernels' buffers hold, so that a slow client is not served before it has read. */
const PLAIN = randomBytes(30_000_000);

/** The service as a process that can be started again on the same address and data; with one encrypted backup. */
export class Restartable {
  readonly backup;

  private constructor(
    readonly home: DrawbridgeHome,
    private readonly port: number,
    private readonly environment: Record<string, string>,
    /** The process that was started last. */
    public service: DrawbridgeProcess,
  ) {
    this.backup = writeEncryptedBackup(home.root, 'db.sql.enc', PLAIN);
  }

  static async start(environment: Record<string, string> = {}): Promise<Restartable> {
    const home = new DrawbridgeHome();
    const port = await freePort();
    const service = home.launch(port, environment);
    await service.says('Drawbridge is listening');
    await service.addStorage(home.root);
    await service.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    return new Restartable(home, port, environment, service);
  }

  async startAgain(): Promise<void> {
    const { storageId } = this.service;
    this.service = this.home.launch(this.port, this.environment);
    await this.service.says('Drawbridge is listening');
    this.service.storageId = storageId;
  }

  async remove(): Promise<void> {
    await this.home.remove();
  }
}
