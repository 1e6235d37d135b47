import type { AdapterKind } from '../adapter-kind.js';
import { localKind } from './local/index.js';

/** Every kind of backend. A new one is a folder beside `local` and a line here. */
export const ADAPTER_KINDS: readonly AdapterKind[] = [localKind];
