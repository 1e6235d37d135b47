/** The polynomial of CRC-64/Jones, 0xad93d23594c935a9, with its bits reversed. */
const POLYNOMIAL = 0x95ac9329ac4bc9b5n;

const TABLE = BigUint64Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  return crc;
});

/** CRC-64/Jones (reflected, initial value 0, no final XOR), the checksum at the end of a Redis RDB file. */
export function crc64(bytes: Uint8Array): bigint {
  let crc = 0n;
  for (const byte of bytes) crc = (TABLE[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (crc >> 8n);
  return crc;
}
