import type { ApiClient } from './api-client.js';
import { RawClient } from './raw-client.js';
import type { Random } from './random.js';

/**
 * What a client does to its connection.
 * - `fin`, `rst`: closes, or resets, once it has read so much
 * - `late`: reads so much, stalls for less than the grace time, closes
 * - `eof`: reads to the end of the connection, then closes
 * - `half`: says that it sends nothing more once it has read so much, reads the rest, closes
 * - `next`: asks for something else once it has read all
 * - `silent`: reads all and says nothing
 */
export type Ending = 'fin' | 'rst' | 'late' | 'eof' | 'half' | 'next' | 'silent';

export interface KillCase {
  readonly file: string;
  readonly size: number;
  readonly head: string;
  /** The client half-closes right behind its request. */
  readonly halfClose: boolean;
  readonly ending: Ending;
  /** Bytes of the body that are read before that; -1: nothing, not even the head. */
  readonly offset: number;
  readonly readSize: number;
  readonly stallMs: number;
}

export interface KillResult {
  readonly linkId: string;
  /** What the client's program had of it; undefined: not even the head of an answer. */
  readonly body: Buffer | undefined;
}

const HEADS = {
  'HTTP/1.1': 'HTTP/1.1\r\n',
  'Connection: close': 'HTTP/1.1\r\nConnection: close\r\n',
  'HTTP/1.0': 'HTTP/1.0\r\n',
  'HTTP/1.0 keep-alive': 'HTTP/1.0\r\nConnection: keep-alive\r\n',
};
/** How much of the end waits for the proof. */
const HELD_BACK = 64 * 1024;

export function randomCase(
  random: Random,
  files: readonly { readonly file: string; readonly size: number }[],
): KillCase {
  const { file, size } = random.pick(files);
  const [version, head] = random.pick(Object.entries(HEADS));
  const closes = version === 'Connection: close' || version === 'HTTP/1.0';
  const halfClose = random.oneIn(6);
  const ending = random.pick<Ending>([
    'fin',
    'fin',
    'rst',
    'rst',
    ...(closes ? (['eof'] as const) : []),
    ...(closes || halfClose ? [] : (['next'] as const)),
    ...(halfClose ? [] : (['late', 'half', 'silent'] as const)),
  ]);
  return {
    file,
    size,
    head,
    halfClose,
    ending,
    offset: ['next', 'silent', 'eof'].includes(ending) ? size : randomOffset(random, size),
    readSize: random.pick([1_000, 16_384, 65_536]),
    stallMs: ending === 'late' ? random.int(10, 300) : 0,
  };
}

/** Anywhere, in the last 64 KiB, close to the end, at the end, before the beginning. */
function randomOffset(random: Random, size: number): number {
  const lately = Math.max(0, size - HELD_BACK);
  return random.pick([
    () => random.int(0, size),
    () => random.int(0, size),
    () => random.int(lately, size),
    () => random.int(Math.max(0, size - 2_000), size),
    () => size,
    () => random.int(-1, Math.min(size, 1)),
  ])();
}

/** Whether only the grace time may tell the end: the service should have a short one. */
export function silenceDecides({ ending, halfClose, offset, readSize, size }: KillCase): boolean {
  // One read may bring more than was waited for.
  const complete = offset + readSize >= size;
  return ending === 'silent' || ending === 'half' || (halfClose && ending !== 'rst' && complete);
}

/** Plays the case on a link of its own. */
export async function play(service: ApiClient, one: KillCase): Promise<KillResult> {
  const link = await service.mint(one.file);
  const { halfClose, readSize } = one;
  const client = await RawClient.request(link.url, one.head, { halfClose, readSize });
  try {
    if (one.offset >= 0) await client.readBody(one.offset);
    if (one.stallMs > 0) await new Promise((resolve) => setTimeout(resolve, one.stallMs));
    await end(client, one);
  } catch (error) {
    client.destroy();
    throw new Error(`In ${JSON.stringify(one)}`, { cause: error });
  }
  return { linkId: link.id, body: client.hasHead ? client.body().subarray(0, one.size) : undefined };
}

async function end(client: RawClient, { ending, size }: KillCase): Promise<void> {
  switch (ending) {
    case 'rst':
      client.reset();
      return;
    case 'half':
      client.halfClose();
      client.resume();
      await client.readBody(size);
      client.destroy();
      return;
    case 'eof':
      client.resume();
      await client.readToEnd();
      client.destroy();
      return;
    case 'next':
      client.send('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await client.waitFor('"status"');
      client.destroy();
      return;
    case 'silent':
      return;
    default:
      client.destroy();
  }
}
