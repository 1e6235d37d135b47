import type { AttemptRow, LinkRow } from '../links/links.service.js';

/** How delivery is known, by the verdict's word. */
const KNOWN_BY: Readonly<Record<string, string>> = {
  fin: 'the client ended the connection after it had acknowledged every byte',
  'next-request': 'the client asked for something else after it had acknowledged every byte',
  silence: 'the client acknowledged every byte, and nothing was heard of it since',
};

/** Whether a client has all of the file. */
export const isDelivered = (link: LinkRow) => link.state === 'used' || link.deliveries > 0;

/** How a link's delivery is known, or why there was none, in a few words for people. */
export function whyOf(link: LinkRow, attempts: readonly AttemptRow[]): string {
  if (link.confirmed_at !== null) return 'the client confirmed it by its SHA-256';
  if (isDelivered(link)) return howKnown(attempts);
  if (link.state === 'active') return 'in progress';
  return attempts.length === 0 ? whyUnused(link) : whyUnfinished(link, attempts);
}

function howKnown(attempts: readonly AttemptRow[]): string {
  const last = attempts.findLast(({ outcome }) => outcome === 'delivered');
  // The last part may have come by an attempt that broke, and was vouched for by an earlier one.
  return KNOWN_BY[last?.reason ?? ''] ?? 'its parts cover the whole file';
}

function whyUnused({ state, reason }: LinkRow): string {
  if (state === 'available') return 'not requested yet';
  return reason === null ? `${state} unused` : `${state} unused: ${reason}`;
}

function whyUnfinished({ state, reason, confirm }: LinkRow, attempts: readonly AttemptRow[]): string {
  if (reason !== null) return state === 'expired' ? reason : `${state}: ${reason}`;
  if (state !== 'available') return `${state} unfinished`;
  const last = attempts.at(-1);
  if (last?.outcome !== 'delivered') return `broken off: ${last?.reason ?? 'unknown'}`;
  return confirm === 'digest' ? 'the client has not confirmed it yet' : 'parts of it are missing';
}
