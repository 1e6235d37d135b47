import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const TICK_MS = 50;
const INDEX_AFTER_LOOKUPS = 32;

/** What the kernel still has to get acknowledged, for every connection of this network namespace at one moment. */
export interface SendQueueSnapshot {
  /** Bytes sent or waiting that the peer has not acknowledged; undefined: the connection is not in the table. */
  unacknowledged(socket: Endpoint): number | undefined;
  /** Whether the peer's FIN has come. */
  peerEnded(socket: Endpoint): boolean;
}

/** What the table says of one connection. */
interface Entry {
  readonly state: string;
  readonly unacknowledged: number;
}

/** TIME_WAIT, CLOSE_WAIT, LAST_ACK and CLOSING (include/net/tcp_states.h). */
const PEER_ENDED: ReadonlySet<string> = new Set(['06', '08', '09', '0B']);

type EndpointKey = 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort';
export type Endpoint = { readonly [Key in EndpointKey]?: Socket[Key] | undefined };

/**
 * Reads the `tx_queue` column of /proc/net/tcp and tcp6 (Linux, Documentation/networking/proc_net_tcp). One reader for
 * all who wait: at most one read is under way, and the table is polled only while somebody listens.
 */
@Injectable()
export class TcpSendQueues {
  private running: Promise<SendQueueSnapshot> | undefined;
  private next: Promise<SendQueueSnapshot> | undefined;
  private readonly listeners = new Set<(snapshot: SendQueueSnapshot) => void>();
  private timer: NodeJS.Timeout | undefined;
  private ticking = false;
  private readonly working = new Set<string>();

  /**
   * Whether the table shows connections such as this one here; looked up once for each address family. Only then does
   * "not in the table" mean that a connection is gone. To be asked while the connection is open.
   */
  async covers(socket: Endpoint): Promise<boolean> {
    if (!this.isCovered(socket) && (await this.look()).unacknowledged(socket) !== undefined)
      this.working.add(familyOf(socket));
    return this.isCovered(socket);
  }

  /** What `covers` has found out about such connections so far. */
  isCovered(socket: Endpoint): boolean {
    return this.working.has(familyOf(socket));
  }

  /** A snapshot begun after this call. */
  look(): Promise<SendQueueSnapshot> {
    if (!this.running) return (this.running = this.read());
    return (this.next ??= this.running.then(() => {
      this.next = undefined;
      return (this.running = this.read());
    }));
  }

  /** Calls the listener with a fresh snapshot every 50 ms until the returned function is called. */
  listen(listener: (snapshot: SendQueueSnapshot) => void): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => void this.tick(), TICK_MS);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  /** Those who began to listen while the table was read would be told of a time before they asked. */
  private async tick(): Promise<void> {
    if (this.ticking) return;
    this.ticking = true;
    const asked = [...this.listeners];
    const snapshot = await this.look();
    this.ticking = false;
    for (const listener of asked) if (this.listeners.has(listener)) listener(snapshot);
  }

  private async read(): Promise<SendQueueSnapshot> {
    try {
      const tables = await Promise.all(
        TABLES.map((table) => readFile(table, 'latin1').catch(() => undefined)),
      );
      return snapshotOf(tables.filter((table) => table !== undefined));
    } finally {
      this.running = undefined;
    }
  }
}

const familyOf = ({ localAddress }: Endpoint) => (isIPv4(localAddress ?? '') ? 'tcp' : 'tcp6');

/**
 * A table may hold tens of thousands of closed connections, and mostly few are asked about: so it is searched as text,
 * and indexed only when many are.
 */
function snapshotOf(tables: readonly string[]): SendQueueSnapshot {
  let lookups = 0;
  let index: Map<string, Entry> | undefined;
  const find = (socket: Endpoint): Entry | undefined => {
    // A socket that is gone already names no peer, and would match a listening one.
    if (socket.remoteAddress === undefined || socket.remotePort === undefined) return undefined;
    const key = `${tableAddress(socket, 'local')} ${tableAddress(socket, 'remote')}`;
    lookups += 1;
    if (lookups > INDEX_AFTER_LOOKUPS) index ??= indexOf(tables);
    return index ? index.get(key) : search(tables, key);
  };
  return {
    unacknowledged: (socket) => find(socket)?.unacknowledged,
    peerEnded: (socket) => PEER_ENDED.has(find(socket)?.state ?? ''),
  };
}

// A line is `sl: local remote state tx_queue:rx_queue ...`; state has two, tx_queue eight hexadecimal digits.
function search(tables: readonly string[], key: string): Entry | undefined {
  for (const table of tables) {
    const at = table.indexOf(`: ${key} `);
    const state = at + key.length + 3;
    if (at >= 0) return entryOf(table.slice(state, state + 2), table.slice(state + 3, state + 11));
  }
  return undefined;
}

function indexOf(tables: readonly string[]): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const table of tables)
    for (const [, key = '', state = '', queue = ''] of table.matchAll(/: (\S+:\S+ \S+:\S+) (\S\S) (\S{8}):/g))
      entries.set(key, entryOf(state, queue));
  return entries;
}

const entryOf = (state: string, queue: string): Entry => ({
  state,
  unacknowledged: Number.parseInt(queue, 16),
});

function tableAddress(socket: Endpoint, side: 'local' | 'remote'): string {
  const address = side === 'local' ? socket.localAddress : socket.remoteAddress;
  const port = side === 'local' ? socket.localPort : socket.remotePort;
  return `${hexAddress(address ?? '')}:${(port ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The kernel prints addresses as 32-bit words in the machine's (little-endian) order. */
export function hexAddress(address: string): string {
  if (isIPv4(address)) return wordInTableOrder(address.split('.').map(Number));
  const bytes = ipv6Bytes(address);
  return [0, 4, 8, 12].map((at) => wordInTableOrder(bytes.slice(at, at + 4))).join('');
}

const wordInTableOrder = (bytes: readonly number[]) =>
  [...bytes]
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');

function ipv6Bytes(address: string): number[] {
  const [plain = ''] = address.split('%');
  const mapped = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  const tail = mapped?.[2]?.split('.').map(Number);
  const [head = '', rest] = (mapped?.[1] ?? plain).split('::');
  const bytesOf = (groups: string) =>
    groups
      .split(':')
      .filter((group) => group !== '')
      .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
  const front = bytesOf(head);
  const back = [...bytesOf(rest ?? ''), ...(tail ?? [])];
  return [...front, ...new Array<number>(Math.max(0, 16 - front.length - back.length)).fill(0), ...back];
}
