import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCrypto } from '../../../test/support/crypto-service.js';
import { fingerprintOf } from './fingerprint.js';

let crypto: Awaited<ReturnType<typeof openCrypto>>;
beforeEach(async () => {
  crypto = await openCrypto();
});
afterEach(() => crypto.close());

const add = (id: string | undefined, material = randomBytes(32)) =>
  crypto.vault.add({ id, name: 'n', format: 'dbackup', material });
const storedText = async () =>
  JSON.stringify(await crypto.database.selectFrom('encryption_keys').selectAll().execute());

describe('the vault', () => {
  it('gives a key back to those who use it, and to its own format only', async () => {
    const material = randomBytes(32);
    await add('k', Buffer.from(material));
    expect((await crypto.vault.find('k', 'dbackup'))?.export()).toEqual(material);
    expect(await crypto.vault.find('k', 'age')).toBeUndefined();
    expect(await crypto.vault.find('other', 'dbackup')).toBeUndefined();
  });

  it('stores no key in clear and zeroes the one it was given', async () => {
    const material = randomBytes(32);
    const given = Buffer.from(material);
    await add('k', given);
    expect(given.equals(Buffer.alloc(32))).toBe(true);
    const text = await storedText();
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(material.toString(encoding));
  });

  it('seals equal keys differently, and binds each to its row', async () => {
    const material = randomBytes(32);
    await add('a', Buffer.from(material));
    await add('b', Buffer.from(material));
    const rows = await crypto.database.selectFrom('encryption_keys').selectAll().orderBy('id').execute();
    expect(rows[0]!.sealed_material).not.toBe(rows[1]!.sealed_material);
    expect(rows[0]!.fingerprint).toBe(rows[1]!.fingerprint);
    await crypto.database
      .updateTable('encryption_keys')
      .set({ sealed_material: rows[0]!.sealed_material })
      .where('id', '=', 'b')
      .execute();
    await expect(crypto.vault.find('b', 'dbackup')).rejects.toMatchObject({
      code: 'vault-sealed-with-other-key',
    });
  });

  it('says what to do when the master key is another', async () => {
    await add('k');
    const failure = crypto.vaultWith(randomBytes(32)).find('k', 'dbackup');
    await expect(failure).rejects.toMatchObject({ status: 500, code: 'vault-sealed-with-other-key' });
    await expect(failure).rejects.toThrow('ENCRYPTION_KEY');
  });

  it('still lists and deletes keys that it cannot open', async () => {
    await add('k');
    const other = crypto.vaultWith(randomBytes(32));
    expect((await other.list(10)).items.map((row) => row.id)).toEqual(['k']);
    await other.remove('k');
    expect((await other.list(10)).items).toEqual([]);
  });

  it('refuses a master key that is not 32 bytes, without showing it', () => {
    expect(() => crypto.vaultWith(Buffer.from('short secret'))).toThrow('The vault needs a key of 32 bytes');
  });

  it('keeps the first of two keys with one id, also at once', async () => {
    const first = randomBytes(32);
    await add('k', Buffer.from(first));
    const results = await Promise.allSettled([add('k'), add('k')]);
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { status: 409, code: 'key-exists' } });
    expect((await crypto.vault.find('k', 'dbackup'))?.export()).toEqual(first);
  });

  it('pages through all keys once, oldest first', async () => {
    const ids = ['c', 'a', 'b', 'é 🐘', 'A'];
    for (const id of ids) {
      await add(id);
      if (id !== 'a') crypto.clock.advance(1);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await crypto.vault.list(2, cursor);
      seen.push(...page.items.map((row) => row.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
    expect((await crypto.vault.list(5)).nextCursor).toBeNull();
  });

  it.each([
    '',
    '!',
    'e30',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('["1","a"]').toString('base64url'),
  ])('refuses the cursor %j', async (cursor) => {
    await expect(crypto.vault.list(2, cursor)).rejects.toMatchObject({ status: 400 });
  });
});

describe('a fingerprint', () => {
  it('is short, stable, and another for another key', () => {
    const key = Buffer.alloc(32, 7);
    expect(fingerprintOf(key)).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf(key)).toBe(fingerprintOf(Buffer.from(key)));
    expect(fingerprintOf(key)).not.toBe(fingerprintOf(Buffer.alloc(32, 8)));
  });
});
