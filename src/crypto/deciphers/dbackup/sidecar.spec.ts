import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_SIDECAR_BYTES } from '../sidecar-content.js';
import { parseSidecar, SidecarError } from './sidecar.js';

const bytes = (text: string) => Buffer.from(text);

describe('parseSidecar', () => {
  it('reads a JSON object in UTF-8, with and without a byte order mark', () => {
    const text = '{"jobName":"Größe 🐘"}';
    expect(parseSidecar(bytes(text))).toEqual({ jobName: 'Größe 🐘' });
    expect(parseSidecar(bytes(`\uFEFF${text}`))).toEqual({ jobName: 'Größe 🐘' });
  });

  it.each(['', 'this is not json {{', '[]', '"text"', 'null', '1', '{"a":1', '\uFEFF\uFEFF{}'])(
    'refuses %j',
    (text) => {
      expect(() => parseSidecar(bytes(text))).toThrow(SidecarError);
    },
  );

  it('refuses what is not UTF-8', () => {
    expect(() => parseSidecar(Buffer.from('{"a":"\xff"}', 'latin1'))).toThrow('UTF-8');
    expect(() => parseSidecar(Buffer.from('\uFEFF{"a":1}', 'utf16le'))).toThrow('UTF-8');
  });

  it('takes 1 MiB and refuses a byte more', () => {
    const padded = (length: number) => Buffer.from('{}'.padEnd(length));
    expect(parseSidecar(padded(MAX_SIDECAR_BYTES))).toEqual({});
    expect(() => parseSidecar(padded(MAX_SIDECAR_BYTES + 1))).toThrow('1 MiB');
  });

  it('answers deep nesting with a refusal or an object, never with a crash', () => {
    const deep = bytes(`{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`);
    let outcome: unknown;
    try {
      outcome = parseSidecar(deep);
    } catch (error) {
      outcome = error;
    }
    expect(outcome instanceof SidecarError || typeof outcome === 'object').toBe(true);
  });

  it('throws nothing but SidecarError on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        try {
          parseSidecar(content);
        } catch (error) {
          expect(error).toBeInstanceOf(SidecarError);
        }
      }),
    );
  });
});
