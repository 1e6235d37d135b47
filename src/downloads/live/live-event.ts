import { isFinal } from '../../download-tokens/rules/index.js';
import type { LinkState } from '../../download-tokens/download-link.js';
import type { LiveEventDto } from './live-event.dto.js';

/** What somebody who watches is told. */
export interface LiveEvent {
  readonly type: 'state' | 'progress';
  readonly data: LiveEventDto;
}

/** After it there is nothing more to tell of its link. */
export const isLast = ({ type, data }: LiveEvent) => type === 'state' && isFinal(data.state as LinkState);
