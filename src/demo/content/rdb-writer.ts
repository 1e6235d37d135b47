import { crc64 } from './crc64.js';

/** Written since Redis 5; every later version reads it. */
const VERSION = '0009';

const OPCODE = { auxiliary: 0xfa, resizeDb: 0xfb, expiryMs: 0xfc, selectDb: 0xfe, end: 0xff } as const;
/** The plain encodings, which need no listpack or intset. */
const TYPE = { string: 0, list: 1, set: 2, hash: 4, sortedSet: 5 } as const;

export type RedisValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'list' | 'set'; readonly members: readonly string[] }
  | { readonly type: 'hash'; readonly fields: Readonly<Record<string, string>> }
  | { readonly type: 'sortedSet'; readonly scores: Readonly<Record<string, number>> };

export interface RedisEntry {
  readonly key: string;
  readonly value: RedisValue;
  /** Milliseconds since the Unix epoch; none: the key stays. */
  readonly expiresAt?: number;
}

/** A length: 6, 14 or 32 bits behind a prefix of two bits, big-endian. */
function length(n: number): Buffer {
  if (n < 0x40) return Buffer.of(n);
  if (n < 0x4000) return Buffer.of(0x40 | (n >> 8), n & 0xff);
  const bytes = Buffer.alloc(5, 0x80);
  bytes.writeUInt32BE(n, 1);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([length(bytes.length), bytes]);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function content(value: RedisValue): Buffer[] {
  switch (value.type) {
    case 'string':
      return [text(value.value)];
    case 'list':
    case 'set':
      return [length(value.members.length), ...value.members.map(text)];
    case 'hash': {
      const fields = Object.entries(value.fields);
      return [length(fields.length), ...fields.flatMap((field) => field.map(text))];
    }
    case 'sortedSet': {
      const scores = Object.entries(value.scores);
      return [length(scores.length), ...scores.flatMap(([member, score]) => [text(member), double(score)])];
    }
  }
}

function entryBytes({ key, value, expiresAt }: RedisEntry): Buffer[] {
  const expiry = expiresAt === undefined ? [] : [Buffer.of(OPCODE.expiryMs), uint64(BigInt(expiresAt))];
  return [...expiry, Buffer.of(TYPE[value.type]), text(key), ...content(value)];
}

/**
 * A Redis dump of database 0 in the RDB format, version 9, as `SAVE` writes it: header, auxiliary fields, sizes,
 * entries, and a CRC-64 over all of it.
 */
export function writeRdb(
  entries: readonly RedisEntry[],
  auxiliary: Readonly<Record<string, string>>,
): Buffer {
  const expiring = entries.filter((entry) => entry.expiresAt !== undefined).length;
  const body = Buffer.concat([
    Buffer.from(`REDIS${VERSION}`, 'latin1'),
    ...Object.entries(auxiliary).flatMap((field) => [Buffer.of(OPCODE.auxiliary), ...field.map(text)]),
    Buffer.of(OPCODE.selectDb),
    length(0),
    Buffer.of(OPCODE.resizeDb),
    length(entries.length),
    length(expiring),
    ...entries.flatMap(entryBytes),
    Buffer.of(OPCODE.end),
  ]);
  return Buffer.concat([body, uint64(crc64(body))]);
}
