import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemError } from '../../../common/problem.js';
import { describeDecipheredSource } from '../../../../test/contract/deciphered-source.contract.js';
import { encryptGcm } from '../../../../test/support/gcm-vectors.js';
import { MAX_MESSAGE_BYTES } from '../../gcm/gcm-limits.js';
import type { Recognition } from '../decipher.js';
import { DBackupDecipher } from './decipher.js';

const decipher = new DBackupDecipher();
const IV = '0b4b3c2bb1d3b42ea48f3ba422dd605a';
const TAG = '40350ac0e5fe9881e57e7d2d941afd2d';
const nested = { enabled: true, profileId: 'p1', algorithm: 'aes-256-gcm', iv: IV, authTag: TAG };
const flat = { version: '1.0', encryption: 'AES-256-GCM', encryptionProfileId: 'p1', iv: IV, authTag: TAG };

const recognise = (sidecar: unknown, path = 'job/a.sql.gz.enc', size = 100) =>
  decipher.recognise({ path, size }, { kind: 'present', bytes: Buffer.from(JSON.stringify(sidecar)) });
const withEncryption = (changes: object) => recognise({ version: 1, encryption: { ...nested, ...changes } });
const codeOf = (found: Recognition | undefined) =>
  found?.kind === 'refused' ? found.refusal.code : found?.kind;

const vector = encryptGcm(randomBytes(1000));
describeDecipheredSource('DBackup', () => ({
  stored: vector.ciphertext,
  plain: vector.plain,
  wrap: async (ciphertext) => {
    const found = withEncryption({ iv: vector.iv.toString('hex'), authTag: vector.tag.toString('hex') });
    if (found?.kind !== 'encrypted') throw new Error('Not recognised');
    return found.wrap(ciphertext, createSecretKey(vector.key));
  },
}));

describe('the forms of a sidecar', () => {
  it('reads the nested form', () => {
    expect(withEncryption({})).toMatchObject({
      kind: 'encrypted',
      keyId: 'p1',
      facts: { encrypted: true, format: 'dbackup', keyId: 'p1' },
    });
  });

  it('reads the flat form, whether or not it names the algorithm', () => {
    for (const encryption of ['AES-256-GCM', 'aes-256-gcm', 'NONE', null, undefined, { enabled: false }])
      expect(recognise({ ...flat, encryption })).toMatchObject({ kind: 'encrypted', keyId: 'p1' });
  });

  it('prefers the nested form to flat leftovers', () => {
    expect(recognise({ ...flat, encryption: { ...nested, profileId: 'p2' } })).toMatchObject({ keyId: 'p2' });
  });

  it('needs all three flat fields', () => {
    for (const missing of ['encryptionProfileId', 'iv', 'authTag']) {
      expect(recognise({ ...flat, [missing]: null }, 'a.sql')).toMatchObject({ kind: 'plain' });
      expect(codeOf(recognise({ ...flat, [missing]: undefined }))).toBe('metadata-contradiction');
    }
  });

  it.each([{ enabled: false }, { enabled: 'true' }, { enabled: 1 }, { enabled: undefined }])(
    'takes only enabled: true for encrypted, not %j',
    (changes) => {
      expect(codeOf(withEncryption(changes))).toBe('metadata-contradiction');
    },
  );

  it('tells what the sidecar knows', () => {
    const sidecar = {
      version: 1,
      sourceType: 'mysql',
      engineVersion: '8.0.36',
      compression: 'GZIP',
      jobName: 'Größe "nightly"',
      databases: { count: 2, names: ['a', 'b'] },
      checksum: 'AB'.repeat(32),
    };
    expect(recognise(sidecar, 'a.sql.gz')).toEqual({
      kind: 'plain',
      facts: {
        encrypted: false,
        format: 'dbackup',
        keyId: null,
        engine: 'mysql',
        engineVersion: '8.0.36',
        compression: 'GZIP',
        jobName: 'Größe "nightly"',
        databases: 2,
        checksum: 'ab'.repeat(32),
      },
    });
    expect(recognise({ databases: ['a', 'b', 'c'] }, 'a.sql')).toMatchObject({ facts: { databases: 3 } });
  });

  it('takes values of the wrong type for not there', () => {
    const odd = {
      version: 2,
      sourceType: 1,
      jobName: {},
      compression: 'ZIP',
      databases: { count: -1 },
      checksum: 'ab',
    };
    const found = recognise(odd, 'a.sql');
    expect(found?.facts).toMatchObject({ engine: null, jobName: null, compression: null, databases: null });
    expect(found?.kind).toBe('plain');
    expect(found?.facts).not.toHaveProperty('checksum');
    expect(found?.facts.problem?.code).toBe('checksum-invalid');
  });
});

describe('strictness', () => {
  it.each([undefined, null, '', 'aes-256-cbc', 'aes-128-gcm', 'aes-256-gcm ', 5])(
    'refuses the algorithm %j',
    (algorithm) => {
      expect(codeOf(withEncryption({ algorithm }))).toBe('algorithm-unsupported');
    },
  );

  it('refuses another algorithm in the flat form', () => {
    expect(codeOf(recognise({ ...flat, encryption: 'AES-256-CBC' }))).toBe('algorithm-unsupported');
  });

  it('takes every length of IV for what it is', () => {
    for (let length = 0; length <= 64; length++) {
      const expected = length === 24 || length === 32 ? 'encrypted' : 'iv-invalid';
      expect(codeOf(withEncryption({ iv: 'aF'.repeat(32).slice(0, length) }))).toBe(expected);
      expect(codeOf(recognise({ ...flat, iv: 'aF'.repeat(32).slice(0, length) }))).toBe(expected);
    }
  });

  it('takes tags of 16 bytes only', () => {
    for (let length = 0; length <= 64; length++) {
      const expected = length === 32 ? 'encrypted' : 'tag-invalid';
      expect(codeOf(withEncryption({ authTag: 'aF'.repeat(32).slice(0, length) }))).toBe(expected);
    }
  });

  it.each([undefined, null, 5, [IV], `${IV.slice(1)}g`, ` ${IV.slice(1)}`, `0x${IV.slice(2)}`, `${IV}\n`])(
    'takes only hex, not %j',
    (value) => {
      expect(codeOf(withEncryption({ iv: value }))).toBe('iv-invalid');
      expect(codeOf(withEncryption({ authTag: value }))).toBe('tag-invalid');
    },
  );

  it.each([undefined, null, '', 7, 'a\nb', 'x'.repeat(129), '\u202e'])(
    'refuses the profile id %j',
    (profileId) => {
      expect(codeOf(withEncryption({ profileId }))).toBe('sidecar-invalid');
    },
  );

  it('refuses a file too long for one message', () => {
    const sidecar = { encryption: nested };
    expect(codeOf(recognise(sidecar, 'a.enc', MAX_MESSAGE_BYTES))).toBe('encrypted');
    expect(codeOf(recognise(sidecar, 'a.enc', MAX_MESSAGE_BYTES + 1))).toBe('too-large');
  });
});

describe('what is not one message', () => {
  it('refuses a file archive and says how to get it', () => {
    const found = recognise({ version: 1, archive: { formatVersion: 2, profileId: 'p1' } }, 'a.tar');
    expect(found).toMatchObject({
      kind: 'refused',
      facts: {
        format: 'dbackup-archive',
        encrypted: true,
        keyId: 'p1',
        problem: { code: 'archive-unsupported' },
      },
    });
    expect(found?.facts.problem?.detail).toContain('decrypt: false');
    expect(codeOf(recognise({ archive: { formatVersion: 3 } }, 'a.tar'))).toBe('archive-unsupported');
    expect(codeOf(recognise({ archive: { formatVersion: 1 } }, 'a.tar'))).toBe('plain');
  });

  it('leaves files without a sidecar, and age and gpg files, to others', () => {
    expect(decipher.recognise({ path: 'a.sql.enc', size: 1 }, { kind: 'absent' })).toBeUndefined();
    expect(recognise({ version: 1 }, 'a.sql.gpg')).toBeUndefined();
  });

  it('serves a plain file as stored, whatever lies beside it', () => {
    const beside = (content: Parameters<typeof decipher.recognise>[1]) =>
      decipher.recognise({ path: 'a.sql', size: 1 }, content);
    expect(beside({ kind: 'present', bytes: Buffer.from('nonsense') })).toBeUndefined();
    expect(beside({ kind: 'too-large' })).toBeUndefined();
    expect(codeOf(recognise({}, 'a.sql'))).toBe('plain');
    expect(recognise({}, 'a.sql')?.facts.format).toBeNull();
  });
});

describe('any sidecar at all', () => {
  const hostile = fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }),
    fc
      .record(
        {
          encryption: fc.oneof(fc.jsonValue(), fc.record({ enabled: fc.constant(true), iv: fc.jsonValue() })),
          iv: fc.oneof(fc.constant(IV), fc.jsonValue()),
          authTag: fc.oneof(fc.constant(TAG), fc.jsonValue()),
          encryptionProfileId: fc.oneof(fc.constant('p'), fc.jsonValue()),
          archive: fc.oneof(fc.jsonValue(), fc.record({ formatVersion: fc.jsonValue() })),
          databases: fc.jsonValue(),
          jobName: fc.jsonValue(),
          __proto__: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => Buffer.from(JSON.stringify(value))),
  );

  it('never throws, and never calls an .enc file plain', () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom('a.sql.enc', 'B.ENC', 'a.sql'), (bytes, path) => {
        const found = decipher.recognise({ path, size: 10 }, { kind: 'present', bytes });
        if (path !== 'a.sql') expect(['encrypted', 'refused']).toContain(found?.kind);
        if (found?.kind === 'refused') {
          expect(found.refusal).toBeInstanceOf(ProblemError);
          expect(found.refusal.status).toBe(422);
          expect(found.facts.problem).toEqual({ code: found.refusal.code, detail: found.refusal.message });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
