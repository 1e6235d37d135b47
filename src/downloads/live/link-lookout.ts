import type { LiveEvent } from './live-event.js';

/** How a link is now, and when it is worth another look. */
export interface LinkSight {
  readonly event: LiveEvent;
  readonly againInMs: number;
}

/** A store that did not answer is asked again after so long. */
const AFTER_FAILURE_MS = 5_000;

/**
 * Follows one link: by the events of this process and, since nobody tells of a link that expires by its time or that
 * another process ends, by looking at it. Each state is passed on once, the present one first.
 */
export class LinkLookout {
  private early: LiveEvent[] | undefined = [];
  private state = '';
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly look: () => Promise<LinkSight>,
    private readonly pass: (event: LiveEvent) => void,
  ) {}

  /** To be called for each event of the link, also before `begin`: no change falls between look and listening. */
  readonly heard = (event: LiveEvent): void => {
    if (this.early) {
      this.early.push(event);
      return;
    }
    if (event.type === 'state') {
      if (event.data.state === this.state) return;
      this.state = event.data.state;
    }
    this.pass(event);
  };

  /** Passes on how the link is, and from now on what happens to it. */
  begin({ event, againInMs }: LinkSight): void {
    const early = this.early ?? [];
    this.early = undefined;
    this.lookIn(againInMs);
    this.heard(event);
    early.forEach(this.heard);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private lookIn(ms: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.lookAgain(), ms);
    this.timer.unref();
  }

  private async lookAgain(): Promise<void> {
    const sight = await this.look().catch(() => undefined);
    this.lookIn(sight?.againInMs ?? AFTER_FAILURE_MS);
    if (sight && !this.stopped) this.heard(sight.event);
  }
}
