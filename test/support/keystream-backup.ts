import { createCipheriv, randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_KEY, TEST_PROFILE } from './encrypted-backup.js';

const CHUNK = 1024 * 1024;
const ZEROS = Buffer.alloc(CHUNK);

/**
 * A large encrypted backup that costs no disk: its ciphertext is nothing but zeros (a hole in the file), so that its
 * plaintext is the keystream itself.
 */
export class KeystreamBackup {
  private readonly iv = randomBytes(12);

  /** @param size a multiple of 1 MiB */
  constructor(
    root: string,
    readonly file: string,
    readonly size: number,
  ) {
    const path = join(root, file);
    const descriptor = openSync(path, 'w+');
    ftruncateSync(descriptor, size);
    const page = Buffer.alloc(CHUNK);
    // Into the page cache: filling that costs the system more than all the rest, whoever reads first.
    for (let at = 0; at < size; at += CHUNK) readSync(descriptor, page, 0, CHUNK, at);
    closeSync(descriptor);
    const encryption = {
      enabled: true,
      profileId: TEST_PROFILE,
      algorithm: 'aes-256-gcm',
      iv: this.iv.toString('hex'),
      authTag: this.tag().toString('hex'),
    };
    writeFileSync(`${path}.meta.json`, JSON.stringify({ version: 1, encryption }));
  }

  /** Whether a stream is the plaintext, all of it and nothing more. */
  async isPlain(stream: AsyncIterable<Buffer>): Promise<boolean> {
    const parts = this.plain();
    let part: Buffer = Buffer.alloc(0);
    for await (const chunk of stream)
      for (let at = 0; at < chunk.length;) {
        if (part.length === 0) {
          const { done, value } = parts.next();
          if (done) return false;
          part = value;
        }
        const length = Math.min(chunk.length - at, part.length);
        if (chunk.compare(part, 0, length, at, at + length) !== 0) return false;
        part = part.subarray(length);
        at += length;
      }
    return part.length === 0 && parts.next().done === true;
  }

  /** Yields the plaintext in parts of 1 MiB. It is counter mode from 2 on: 1 masks the tag (SP 800-38D section 7.1). */
  private *plain(): Generator<Buffer, void> {
    const first = Buffer.concat([this.iv, Buffer.from([0, 0, 0, 2])]);
    const cipher = createCipheriv('aes-256-ctr', TEST_KEY, first);
    for (let at = 0; at < this.size; at += CHUNK) yield cipher.update(ZEROS);
  }

  /** As Node's own GCM makes it. */
  private tag(): Buffer {
    const cipher = createCipheriv('aes-256-gcm', TEST_KEY, this.iv, { authTagLength: 16 });
    for (const part of this.plain())
      if (!cipher.update(part).equals(ZEROS)) throw new Error('Not the keystream');
    cipher.final();
    return cipher.getAuthTag();
  }
}
