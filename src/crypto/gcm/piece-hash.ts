import { createCipheriv, type CipherGCM, type KeyObject } from 'node:crypto';
import { toBlock, type Block } from './block.js';
import { TAG_BYTES } from './gcm-limits.js';

/** Hashes one stretch of ciphertext as the AAD of a message of its own. The stretch starts at a multiple of 16. */
export class PieceHash {
  /** Never encrypts anything and its tags never leave the process, so it may be the same every time. */
  static readonly NONCE = Buffer.from('drawbridge/q');

  private readonly cipher: CipherGCM;
  private hashed = 0;

  /** @param unmask turns the tag over so many bytes into Q */
  constructor(
    key: KeyObject,
    private readonly unmask: (tag: Block, bytes: number) => Block,
  ) {
    this.cipher = createCipheriv('aes-256-gcm', key, PieceHash.NONCE, { authTagLength: TAG_BYTES });
  }

  /** Bytes hashed so far. */
  get bytes(): number {
    return this.hashed;
  }

  /** Takes the next bytes; keeps no reference to them. */
  update(bytes: Uint8Array): void {
    this.cipher.setAAD(bytes);
    this.hashed += bytes.length;
  }

  /** Q of the piece, an unfinished last block filled with zeros. Ends the piece. */
  digest(): Block {
    this.cipher.final();
    return this.unmask(toBlock(this.cipher.getAuthTag()), this.hashed);
  }
}
