import type { Clock } from '../../common/clock.js';
import { isLast, type LiveEvent } from './live-event.js';

/** At most so many events of a link in any second. */
const EVENTS_A_SECOND = 4;
const SECOND_MS = 1_000;
const PROGRESS_EVERY_MS = SECOND_MS / EVENTS_A_SECOND;
/** States of one link that may wait. A link that changes faster than that, for that long, shows the newest ones. */
const MAX_WAITING_STATES = 16;

/** What is told of one link. */
interface Lane {
  /** When the last few events went out, oldest first. */
  sentAt: number[];
  readonly states: LiveEvent[];
  progress: LiveEvent | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Thins out what one watcher is sent: so many events a second for each link, and none while the watcher cannot take
 * more. What waits is bounded: the newest progress only, and the states, which are not dropped for anything.
 */
export class PacedEvents {
  private readonly lanes = new Map<string, Lane>();
  private blocked = false;
  private closed = false;

  /**
   * @param send false: the watcher can take no more until `drained`
   * @param clock monotonic
   */
  constructor(
    private readonly send: (event: LiveEvent) => boolean,
    private readonly clock: Clock,
  ) {}

  /** Links of which something waits or went out lately. */
  get size(): number {
    return this.lanes.size;
  }

  push(event: LiveEvent): void {
    if (this.closed) return;
    const lane = this.laneOf(event.data.id);
    if (event.type === 'progress') lane.progress = event;
    else {
      // A state says how far the link is, too; older progress after it would go backwards.
      lane.progress = undefined;
      // What waits for progress need not wait for a state.
      clearTimeout(lane.timer);
      lane.timer = undefined;
      lane.states.push(event);
      if (lane.states.length > MAX_WAITING_STATES) lane.states.shift();
    }
    this.flush(event.data.id, lane);
  }

  /** The watcher can take more. */
  drained(): void {
    this.blocked = false;
    for (const [id, lane] of this.lanes) this.flush(id, lane);
  }

  close(): void {
    this.closed = true;
    for (const { timer } of this.lanes.values()) clearTimeout(timer);
    this.lanes.clear();
  }

  private flush(id: string, lane: Lane): void {
    for (;;) {
      const event = lane.states[0] ?? lane.progress;
      if (this.closed || this.blocked || !event || lane.timer !== undefined) return;
      const waitMs = this.waitOf(lane, event);
      if (waitMs > 0) {
        this.wait(id, lane, waitMs);
        return;
      }
      if (event === lane.progress) lane.progress = undefined;
      else lane.states.shift();
      lane.sentAt = [...lane.sentAt.slice(1 - EVENTS_A_SECOND), this.clock.now()];
      if (isLast(event)) this.lanes.delete(id);
      if (!this.send(event)) this.blocked = true;
    }
  }

  private waitOf({ sentAt }: Lane, { type }: LiveEvent): number {
    const now = this.clock.now();
    const [first] = sentAt;
    const full = sentAt.length < EVENTS_A_SECOND || first === undefined ? 0 : first + SECOND_MS - now;
    const last = sentAt.at(-1);
    const soon = type === 'state' || last === undefined ? 0 : last + PROGRESS_EVERY_MS - now;
    return Math.max(full, soon);
  }

  private wait(id: string, lane: Lane, ms: number): void {
    lane.timer = setTimeout(() => {
      lane.timer = undefined;
      this.flush(id, lane);
    }, ms);
    lane.timer.unref();
  }

  private laneOf(id: string): Lane {
    const known = this.lanes.get(id);
    if (known) return known;
    const lane: Lane = { sentAt: [], states: [], progress: undefined, timer: undefined };
    this.lanes.set(id, lane);
    return lane;
  }
}
