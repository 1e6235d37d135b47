import { randomBytes } from 'node:crypto';
import type { PipeTransform } from '@nestjs/common';
import { notFound } from '../common/problem.js';

const FORMAT = /^st_[a-z2-7]{16}$/;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** `st_` and 80 random bits in base32 (RFC 4648, lower case): fits into URLs and shells as it is. */
export function newStorageId(): string {
  return `st_${Array.from(randomBytes(16), (byte) => ALPHABET.charAt(byte % 32)).join('')}`;
}

export const noSuchStorage = () =>
  notFound('There is no storage with this id. GET /api/storage lists those that there are.');

/** Route parameter: only what looks like an id of ours gets as far as the database. */
export class StorageIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!FORMAT.test(id)) throw noSuchStorage();
    return id;
  }
}
