import type { Evidence } from '../../common/authenticator.js';

/** What one attempt observed: evidence that all begins where it began, up to ever later checkpoints. */
export type Trail = readonly Evidence[];

/**
 * Evidence for as much of a file as attempts can give, without overlap. Where attempts overlap, the newest one stands for
 * what the client has: a client that resumes or begins anew overwrites what it had from there on.
 * @param newestFirst the trails of one transfer
 */
export function choosePieces(newestFirst: readonly Trail[]): Evidence[] {
  const chosen: Evidence[] = [];
  for (const trail of newestFirst) {
    const start = trail[0]?.start;
    if (start === undefined || chosen.some((piece) => piece.start <= start && start < piece.end)) continue;
    const limit = Math.min(...chosen.filter((piece) => piece.start > start).map((piece) => piece.start));
    const longest = trail
      .filter((evidence) => evidence.end <= limit && evidence.end > start)
      .reduce<Evidence | undefined>((best, e) => (best && best.end >= e.end ? best : e), undefined);
    if (longest) chosen.push(longest);
  }
  return chosen;
}
