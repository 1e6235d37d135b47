import { IsInt, IsOptional, IsString } from 'class-validator';
import type { AdapterKind } from '../../src/storage/adapter-kind.js';
import { Secret } from '../../src/storage/secret.decorator.js';
import { StorageAdapter, type CheckResult } from '../../src/storage/storage-adapter.js';
import { StorageError } from '../../src/storage/storage-error.js';

/** A config as those of remote backends are: a host, and a secret that may be left out. */
class FakeConfig {
  @IsString()
  host!: string;

  @IsOptional()
  @IsInt()
  port?: number;

  @Secret()
  @IsOptional()
  @IsString()
  password?: string;
}

/** Holds no files; tells what it was made of and whether it was closed. */
export class FakeRemoteAdapter extends StorageAdapter {
  static readonly made: FakeRemoteAdapter[] = [];
  closed = false;

  constructor(readonly config: FakeConfig) {
    super();
    FakeRemoteAdapter.made.push(this);
  }

  stat = () => Promise.reject(new StorageError('unreachable', 'no such server'));
  source = () => Promise.reject(new StorageError('access-denied', 'wrong password'));
  list = () => Promise.reject(new StorageError('unreachable', 'no such server'));
  check = (): Promise<CheckResult> =>
    Promise.resolve({ ok: this.config.password === 'right', message: 'Set config.password.' });
  close = () => {
    this.closed = true;
    return Promise.resolve();
  };
}

export const fakeRemoteKind: AdapterKind<FakeConfig> = {
  kind: 'fake-remote',
  configClass: FakeConfig,
  create: (config) => Promise.resolve(new FakeRemoteAdapter(config)),
};
