import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seal, unseal, type SealedPlace } from './sealed-value.js';

const key = randomBytes(32);
const place: SealedPlace = { table: 'storages', column: 'secrets', rowId: 'row-1', keyVersion: 1 };

describe('seal and unseal', () => {
  it('give any bytes back, for any place', () => {
    const places = fc.record({
      table: fc.string(),
      column: fc.string(),
      rowId: fc.string(),
      keyVersion: fc.nat(),
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), places, (plain, where) => {
        expect(unseal(key, where, seal(key, where, plain)).equals(plain)).toBe(true);
      }),
    );
  });

  it('has a form that tells itself: version, dot, base64url', () => {
    expect(seal(key, place, Buffer.alloc(5))).toMatch(/^v1\.[\w-]{44}$/);
  });

  it('never seals alike twice, and shows nothing of the value', () => {
    const plain = Buffer.from('canary-canary-canary');
    const sealed = Array.from({ length: 50 }, () => seal(key, place, plain));
    expect(new Set(sealed.map((value) => value.slice(0, 19))).size).toBe(50);
    expect(Buffer.from(sealed[0]!.slice(3), 'base64url').includes('canary')).toBe(false);
  });

  it('notices every flipped bit', () => {
    const sealed = Buffer.from(seal(key, place, Buffer.from('ten bytes!')).slice(3), 'base64url');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => unseal(key, place, `v1.${flipped.toString('base64url')}`)).toThrow();
    }
  });

  it('notices every other character', () => {
    const sealed = seal(key, place, Buffer.from('ten bytes!'));
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/! ';
    for (let at = 0; at < sealed.length; at++)
      for (const character of characters) {
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        if (changed !== sealed) expect(() => unseal(key, place, changed)).toThrow();
      }
  });

  it.each([
    ['table', { ...place, table: 'encryption_keys' }],
    ['column', { ...place, column: 'config' }],
    ['row', { ...place, rowId: 'row-2' }],
    ['key version', { ...place, keyVersion: 2 }],
    ['split of the same letters', { ...place, table: 'storagess', column: 'ecrets' }],
  ])('does not open at another %s', (_, elsewhere) => {
    const sealed = seal(key, place, Buffer.from('x'));
    expect(() => unseal(key, elsewhere, sealed)).toThrow();
  });

  it('does not open with another key', () => {
    expect(() => unseal(randomBytes(32), place, seal(key, place, Buffer.from('x')))).toThrow();
  });

  const good = seal(key, place, Buffer.from('x'));
  it.each([
    ['nothing', ''],
    ['a value that was never sealed', 'plain text'],
    ['no version', good.slice(3)],
    ['another version', `v2.${good.slice(3)}`],
    ['only the version', 'v1'],
    ['an empty body', 'v1.'],
    ['a body shorter than IV and tag', `v1.${randomBytes(27).toString('base64url')}`],
    ['something behind it', `${good}.more`],
    ['a space behind it', `${good} `],
    ['padding', `${good}=`],
    ['JSON', '{"password":"x"}'],
  ])('refuses %s', (_, value) => {
    expect(() => unseal(key, place, value)).toThrow();
  });

  it('says nothing of the value when it refuses', () => {
    expect(() => unseal(key, place, 'canary')).toThrow('The sealed value has an unknown form');
  });
});
