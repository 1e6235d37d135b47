import { describeStorageAdapter } from '../../../../test/contract/storage-adapter.contract.js';
import { localStorage } from '../../../../test/support/local-storage.js';

describeStorageAdapter('local', { setUp: localStorage, keepsNormalForms: process.platform !== 'darwin' });
