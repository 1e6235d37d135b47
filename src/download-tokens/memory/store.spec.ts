import { itKeepsTheRulesOfTheModel } from '../../../test/contract/download-token-model.contract.js';
import { itIsADownloadTokenStore } from '../../../test/contract/download-token-store.contract.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { inFull } from '../../../test/support/service.js';
import { MemoryTokenStore } from './store.js';

const open = () => {
  const clock = new ManualClock();
  return Promise.resolve({ store: new MemoryTokenStore(clock), clock, close: () => Promise.resolve() });
};

itIsADownloadTokenStore('memory', { shared: false, durable: false }, open);
itKeepsTheRulesOfTheModel('memory', inFull ? 100_000 : 10_000, open);
