import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { mergeRanges } from '../../common/byte-ranges.js';
import { CLOCK, type Clock } from '../../common/clock.js';
import { LinksService, type AttemptRow } from '../links/links.service.js';
import { shuttingDown } from '../redeeming/refusals.js';
import { HEARTBEAT_MS } from './event-stream.js';
import { LinkLookout, type LinkSight } from './link-lookout.js';
import { LiveFeedService } from './live-feed.service.js';
import { LiveWatch, type LiveWatchOptions } from './live-watch.js';

/** A timer may be a moment early by the store's clock. */
const MARGIN_MS = 20;

/** The open streams of live events: whoever leaves one frees all of it, and none outlives the service. */
@Injectable()
export class LiveStreamsService implements OnModuleDestroy {
  private readonly open = new Set<LiveWatch>();
  private stopping = false;

  constructor(
    private readonly feed: LiveFeedService,
    private readonly links: LinksService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get count(): number {
    return this.open.size;
  }

  /** At once, and before the downloads drain: those who only watch must not keep a service from stopping. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const watch of this.open) watch.end();
  }

  /** What happens to all links from now on. @throws ProblemError 503 */
  watchAll(response: ServerResponse): void {
    if (this.stopping) throw shuttingDown();
    // Before the watch, which may be over as soon as it begins.
    const leave = this.feed.listen((event) => {
      watch.push(event);
    });
    const watch = this.watch(response, { endsWithLink: false, onClose: leave });
  }

  /** The link's present state, and what happens to it until it ends. @throws ProblemError 404, 503 */
  async watchLink(id: string, response: ServerResponse): Promise<void> {
    let watch: LiveWatch | undefined;
    const lookout = new LinkLookout(
      () => this.look(id),
      (event) => watch?.push(event),
    );
    const stopListening = this.feed.listen(lookout.heard, id);
    const leave = () => {
      stopListening();
      lookout.stop();
    };
    try {
      const sight = await this.look(id);
      if (this.stopping) throw shuttingDown();
      watch = this.watch(response, { endsWithLink: true, onClose: leave });
      lookout.begin(sight);
    } catch (error) {
      leave();
      throw error;
    }
  }

  private watch(response: ServerResponse, { endsWithLink, onClose }: LiveWatchOptions): LiveWatch {
    const watch = new LiveWatch(response, {
      endsWithLink,
      onClose: () => {
        this.open.delete(watch);
        onClose();
      },
    });
    this.open.add(watch);
    // One that is gone already tells so no more, and HEAD has no body to wait for.
    if (response.destroyed || response.req.method === 'HEAD') watch.end();
    return watch;
  }

  private async look(linkId: string): Promise<LinkSight> {
    const { link, attempts } = await this.links.get(linkId);
    const { state, size } = link;
    const event = this.feed.stateEvent({ linkId, state, size }, seenBefore(attempts));
    const dueInMs = (link.finish_by ?? link.expires_at) - this.clock.now() + MARGIN_MS;
    return { event, againInMs: dueInMs > 0 ? Math.min(dueInMs, HEARTBEAT_MS) : HEARTBEAT_MS };
  }
}

/** How far the newest transfer came, by the record. */
function seenBefore(attempts: readonly AttemptRow[]): { bytes: number; client: string | null } {
  const last = attempts.at(-1);
  const sent = attempts
    .filter((attempt) => attempt.transfer_id === last?.transfer_id)
    .map(({ range_start: start, bytes_sent: bytes }) => ({ start, end: start + bytes }));
  const bytes = mergeRanges(sent).reduce((sum, { start, end }) => sum + end - start, 0);
  return { bytes, client: last?.client ?? null };
}
