import { Inject, Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { CLOCK, type Clock } from '../../common/clock.js';
import {
  ATTEMPT_ENDED,
  ATTEMPT_PROGRESS,
  LINK_STATE,
  type AttemptEndedEvent,
  type AttemptProgressEvent,
  type LinkStateEvent,
} from '../../common/events.js';
import { LinkCourse } from './link-course.js';
import { isLast, type LiveEvent } from './live-event.js';

type Listener = (event: LiveEvent) => void;

/** Links of which this process remembers how far they are; more are live only by intent, and lose no more than that. */
const MAX_COURSES = 10_000;

/** Turns what happens inside into what those who watch are told, and hands it to them. Knows nothing of HTTP. */
@Injectable()
export class LiveFeedService {
  private readonly courses = new Map<string, LinkCourse>();
  private readonly listeners = new Map<Listener, string | undefined>();

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Who listens at the moment. */
  get listenerCount(): number {
    return this.listeners.size;
  }

  /** @param linkId of one link; undefined: of all. @returns ends it */
  listen(listener: Listener, linkId?: string): () => void {
    this.listeners.set(listener, linkId);
    return () => this.listeners.delete(listener);
  }

  /** A state, with how far the link is by what this process has seen; `bytes` and `client` are for what it has not. */
  stateEvent(
    link: Pick<LinkStateEvent, 'linkId' | 'state' | 'size'>,
    seen: { readonly bytes: number; readonly client: string | null } = { bytes: 0, client: null },
  ): LiveEvent {
    const { linkId, state, size } = link;
    const { bytes, client, rate } = this.courses.get(linkId) ?? { ...seen, rate: 0 };
    return {
      type: 'state',
      data: {
        ...{ id: linkId, state, bytes: state === 'used' ? size : bytes, size, rate, client },
        at: this.now(),
      },
    };
  }

  @OnEvent(LINK_STATE)
  onState(state: LinkStateEvent): void {
    const event = this.stateEvent(state);
    if (isLast(event)) this.courses.delete(state.linkId);
    this.tell(event);
  }

  @OnEvent(ATTEMPT_PROGRESS)
  onProgress(progress: AttemptProgressEvent): void {
    const { linkId: id, size } = progress;
    const course = this.courseOf(id);
    course.progressed(progress);
    const { bytes, rate, client } = course;
    this.tell({ type: 'progress', data: { id, state: 'active', bytes, size, rate, client, at: this.now() } });
  }

  @OnEvent(ATTEMPT_ENDED)
  onEnded({ linkId, attemptId, bytesSent }: AttemptEndedEvent): void {
    this.courses.get(linkId)?.ended(attemptId, bytesSent);
  }

  private courseOf(linkId: string): LinkCourse {
    const known = this.courses.get(linkId);
    if (known) return known;
    const [oldest] = this.courses.keys();
    if (oldest !== undefined && this.courses.size >= MAX_COURSES) this.courses.delete(oldest);
    const course = new LinkCourse();
    this.courses.set(linkId, course);
    return course;
  }

  private tell(event: LiveEvent): void {
    for (const [listener, linkId] of this.listeners)
      if (linkId === undefined || linkId === event.data.id) listener(event);
  }

  private now(): string {
    return new Date(this.clock.now()).toISOString();
  }
}
