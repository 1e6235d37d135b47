/** One file of an archive. */
export interface TarEntry {
  /** No folders, no control characters. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since the epoch; null: unknown. */
  readonly modifiedAt: number | null;
}

export const BLOCK_BYTES = 512;
/** Two zero blocks end an archive. */
export const END_BYTES = 2 * BLOCK_BYTES;

const NAME_BYTES = 100;
/** What 11 octal digits hold. */
const MAX_OCTAL = 8 ** 11 - 1;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Zeros that fill a file's last block. */
export const paddingAfter = (size: number) => (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;

/**
 * The blocks before a file's content: ustar (POSIX.1-1988), and before that a PAX header (POSIX.1-2001) for what ustar
 * cannot say: a name that is long or not ASCII, a size from 8 GiB.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const { name, size } = entry;
  const records = [
    ...(PRINTABLE_ASCII.test(name) && name.length <= NAME_BYTES ? [] : [paxRecord('path', name)]),
    ...(size <= MAX_OCTAL ? [] : [paxRecord('size', String(size))]),
  ];
  const plainName = asciiOf(name);
  // A reader of PAX takes the size from there; the field could hold no true one.
  const header = ustarBlock({ ...entry, name: plainName, size: size <= MAX_OCTAL ? size : 0 }, '0');
  if (records.length === 0) return header;
  const pax = Buffer.from(records.join(''));
  const paxEntry = { name: `PaxHeaders/${plainName}`, size: pax.length, modifiedAt: entry.modifiedAt };
  return Buffer.concat([ustarBlock(paxEntry, 'x'), pax, Buffer.alloc(paddingAfter(pax.length)), header]);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function ustarBlock({ name, size, modifiedAt }: TarEntry, type: '0' | 'x'): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const seconds = Math.min(Math.max(Math.floor((modifiedAt ?? 0) / 1000), 0), MAX_OCTAL);
  block.write(name.slice(0, NAME_BYTES), 0, 'latin1');
  block.write('0000644\0', 100, 'latin1');
  block.write('0000000\0', 108, 'latin1');
  block.write('0000000\0', 116, 'latin1');
  block.write(`${octal(size, 11)}\0`, 124, 'latin1');
  block.write(`${octal(seconds, 11)}\0`, 136, 'latin1');
  // The checksum is taken with spaces in its own place.
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');

/** What a reader that knows no PAX is shown. */
const asciiOf = (name: string) => name.replace(/[^ -~]/gu, '_').slice(0, NAME_BYTES);
