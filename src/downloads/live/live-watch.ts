import type { ServerResponse } from 'node:http';
import { monotonicClock } from '../../common/clock.js';
import { EventStream } from './event-stream.js';
import { isLast, type LiveEvent } from './live-event.js';
import { PacedEvents } from './paced-events.js';

export interface LiveWatchOptions {
  /** The stream is over when its link is. */
  readonly endsWithLink: boolean;
  /** Called once, whoever ended it: frees what was held for it. */
  readonly onClose: () => void;
}

/** One watcher: its stream, and what paces it. */
export class LiveWatch {
  private readonly paced: PacedEvents;
  private readonly stream: EventStream;

  constructor(
    response: ServerResponse,
    private readonly options: LiveWatchOptions,
  ) {
    this.paced = new PacedEvents((event) => this.send(event), monotonicClock);
    this.stream = new EventStream(response, {
      onDrain: () => {
        this.paced.drained();
      },
      onClose: () => {
        this.paced.close();
        options.onClose();
      },
    });
  }

  readonly push = (event: LiveEvent): void => {
    this.paced.push(event);
  };

  end(): void {
    this.stream.end();
  }

  private send(event: LiveEvent): boolean {
    const more = this.stream.send(event);
    if (this.options.endsWithLink && isLast(event)) this.end();
    return more;
  }
}
