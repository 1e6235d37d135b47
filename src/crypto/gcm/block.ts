import { BLOCK_BYTES } from './gcm-limits.js';

/** 128 bits as four big-endian words; GCM's first bit is the highest bit of word 0. */
export type Block = [number, number, number, number];

/** The neutral element of addition. */
export const ZERO: Readonly<Block> = [0, 0, 0, 0];

export function toBlock(bytes: Uint8Array): Block {
  if (bytes.length !== BLOCK_BYTES) throw new RangeError('A block has 16 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, BLOCK_BYTES);
  return [view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)];
}

export function toBytes(block: Readonly<Block>): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  block.forEach((word, i) => bytes.writeUInt32BE(word >>> 0, i * 4));
  return bytes;
}

/** Addition in GF(2^128). */
export function add(a: Readonly<Block>, b: Readonly<Block>): Block {
  return [a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]];
}

/** GHASH's last block: two 64-bit counts of bits. */
export function lengthBlock(aadBytes: number, textBytes: number): Block {
  const high = (bytes: number) => Math.floor(bytes / 2 ** 29);
  const low = (bytes: number) => (bytes * 8) % 2 ** 32;
  return [high(aadBytes), low(aadBytes), high(textBytes), low(textBytes)];
}
