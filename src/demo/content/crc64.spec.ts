import { describe, expect, it } from '@jest/globals';
import { crc64 } from './crc64.js';

describe('crc64', () => {
  it('gives the check value of CRC-64/Jones', () => {
    expect(crc64(Buffer.from('123456789'))).toBe(0xe9c6d914c4b8d9can);
  });

  it('is 0 for nothing', () => {
    expect(crc64(Buffer.alloc(0))).toBe(0n);
  });
});
