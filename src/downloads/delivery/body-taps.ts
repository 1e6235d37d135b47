import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { DigestsService } from '../../backups/digests.service.js';
import { monotonicClock } from '../../common/clock.js';
import { ATTEMPT_PROGRESS, type AttemptProgressEvent } from '../../common/events.js';
import { hashingBody } from './hashing-body.js';
import { ProgressReporter } from './progress-reporter.js';
import type { RunningDelivery } from './running-delivery.js';

type Body = AsyncGenerator<Uint8Array, void, undefined>;

/** What else is done with a body on its way: it is hashed where its client will be asked for that, and its course told. */
@Injectable()
export class BodyTaps {
  constructor(
    private readonly digests: DigestsService,
    private readonly events: EventEmitter2,
  ) {}

  /** @param body of a delivery, from `verifiedBody` */
  on(delivery: RunningDelivery, body: Body): Body {
    return this.watched(delivery, this.hashed(delivery, body));
  }

  private hashed({ offer, range }: RunningDelivery, body: Body): Body {
    const { link } = offer;
    if (link.confirm !== 'digest' || range.start > 0 || range.end < link.size) return body;
    return hashingBody(body, link.size, (sha256) => this.digests.remember(link, sha256));
  }

  private async *watched(delivery: RunningDelivery, body: Body): Body {
    const { offer, linkId, id: attemptId, transferId, range, record, writer } = delivery;
    const earlier = offer.link.transfers.find((transfer) => transfer.id === transferId)?.sent ?? [];
    const of = { linkId, attemptId, transferId, client: record.client, size: offer.link.size, earlier };
    const reporter = new ProgressReporter(({ sent, rate }) => {
      const event: AttemptProgressEvent = { ...of, start: range.start, sent, rate };
      this.events.emit(ATTEMPT_PROGRESS, event);
    }, monotonicClock);
    try {
      for await (const chunk of body) {
        yield chunk;
        // Asked for the next one, so this one is written.
        reporter.advanced(writer.sent);
      }
    } finally {
      reporter.finish(writer.sent);
    }
  }
}
