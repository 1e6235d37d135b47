import { Inject, Injectable } from '@nestjs/common';
import { seal, unseal, type SealedPlace } from '../../common/sealed-value.js';
import { DOWNLOADS_OPTIONS, type DownloadsOptions } from '../downloads.options.js';
import type { Trail } from './choose-pieces.js';

/** `[start, [end, base64 of the state], ...]` */
type Packed = [start: number, ...checkpoints: [end: number, state: string][]];

/**
 * Evidence on its way through the token store, as the notes of attempts. Sealed: with the ciphertext it gives the
 * authentication key away. Bound to its link.
 */
@Injectable()
export class EvidenceNotes {
  constructor(@Inject(DOWNLOADS_OPTIONS) private readonly options: DownloadsOptions) {}

  write(linkId: string, trail: Trail): string | undefined {
    const [first] = trail;
    if (!first) return undefined;
    const packed: Packed = [
      first.start,
      ...trail.map(({ end, state }): Packed[1] => [end, Buffer.from(state).toString('base64')]),
    ];
    return seal(this.options.encryptionKey, placeOf(linkId), Buffer.from(JSON.stringify(packed)));
  }

  /** A note that does not open is worth nothing, and costs no more than a second read. */
  read(linkId: string, note: string): Trail {
    try {
      const [start, ...checkpoints] = JSON.parse(
        unseal(this.options.encryptionKey, placeOf(linkId), note).toString(),
      ) as Packed;
      return checkpoints.map(([end, state]) => ({ start, end, state: Buffer.from(state, 'base64') }));
    } catch {
      return [];
    }
  }
}

const placeOf = (linkId: string): SealedPlace => ({
  table: 'download_tokens',
  column: 'notes',
  rowId: linkId,
  keyVersion: 1,
});
