import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { describeError } from '../common/describe-error.js';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { VaultService } from '../crypto/vault/vault.service.js';
import { isInside } from '../storage/adapters/local/root.js';
import { StoragesService } from '../storage/storages.service.js';
import { DEMO_PATHS, demoFiles } from './content/demo-files.js';
import { tryOutCommand } from './try-out-command.js';

const NAME = 'Demo';

/** Makes the demo storage at the first start: files that a backup program would have left, and their key. */
@Injectable()
export class DemoService implements OnApplicationBootstrap {
  private readonly logger = new Logger('Demo');
  private storageId: string | undefined;

  constructor(
    @Inject(APP_CONFIG) private readonly config: AppConfig,
    private readonly storages: StoragesService,
    private readonly vault: VaultService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.demo) return;
    const { items } = await this.storages.list(1000);
    if (items.length === 0) await this.createIfAllowed();
    else this.storageId = items.find((storage) => storage.name === NAME)?.id;
  }

  /**
   * One command line for curl and sh that mints a link and downloads the decrypted file.
   * @param key the admin key; undefined: it is not known any more, and the shell's $ADMIN_API_KEY stands for it
   */
  tryOut(publicUrl: string, key: string | undefined): string | undefined {
    return this.storageId === undefined
      ? undefined
      : tryOutCommand({ publicUrl, storageId: this.storageId, file: DEMO_PATHS.redisEncrypted, key });
  }

  private async createIfAllowed(): Promise<void> {
    const root = join(this.config.dataDir, 'demo');
    if (this.config.localStorageRoots.some((allowed) => isInside(resolve(allowed), root)))
      await this.create(root);
    else this.logger.debug('No demo storage: LOCAL_STORAGE_ROOTS does not allow its folder.');
  }

  private async create(root: string): Promise<void> {
    const key = randomBytes(32);
    // The vault may still hold the key of an earlier demo whose storage was deleted; these files are under a new one.
    const profileId = `demo-${randomBytes(8).toString('hex')}`;
    try {
      for (const { path, bytes } of demoFiles({ key, profileId })) {
        const target = join(root, path);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, bytes);
      }
      const storage = await this.storages.create({ name: NAME, adapter: 'local', config: { root } });
      await this.vault.add({ id: profileId, name: 'Demo key', format: 'dbackup', material: key });
      this.storageId = storage.id;
    } catch (error) {
      // The demo is a courtesy: the service starts without it.
      this.logger.warn(`The demo storage could not be made: ${describeError(error)}`);
    }
  }
}
