import { isIPv4, isIPv6 } from 'node:net';

/**
 * Who counts as one client: an IPv4 address, or the /64 network of an IPv6 address (a host changes the rest of it at
 * will). IPv4-mapped IPv6 addresses are IPv4.
 */
export function clientOf(address: string | undefined): string {
  const plain = (address ?? '').split('%', 1)[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return 'unknown';
  const [front = '', back] = plain.split('::');
  const groups = front === '' ? [] : front.split(':');
  // An embedded IPv4 address fills two groups; it can only stand in the host part, which is dropped.
  const missing = back === undefined ? 0 : 8 - groups.length - back.split(':').filter((g) => g !== '').length;
  const all = [...groups, ...new Array<string>(Math.max(0, missing)).fill('0'), ...(back ?? '').split(':')];
  const network = all.slice(0, 4).map((group) => Number.parseInt(group || '0', 16).toString(16));
  return `${network.join(':')}::/64`;
}
