import { describe, expect, it } from '@jest/globals';
import { linkOf } from '../../test/support/download-link.js';
import { decodeLink, encodeLink } from './link-codec.js';

describe('the stored form of a link', () => {
  it('gives back what was put in', () => {
    const link = linkOf({ confirm: 'digest' });
    expect(decodeLink(encodeLink(link))).toEqual(link);
  });

  it('of format 1 knew no confirmation, bundle or verification: connections decide, over one file, at once', () => {
    const { confirm, unconfirmedSince, sidecar, verification, ...older } = linkOf();
    expect(decodeLink(JSON.stringify({ formatVersion: 1, ...older }))).toEqual({
      ...older,
      confirm,
      unconfirmedSince,
      sidecar,
      verification,
    });
    expect({ confirm, sidecar, verification }).toEqual({
      confirm: 'connection',
      sidecar: false,
      verification: null,
    });
  });

  it.each([0, 3, undefined])('of format %s is not read', (formatVersion) => {
    expect(() => decodeLink(JSON.stringify({ formatVersion, ...linkOf() }))).toThrow('stored in format');
  });
});
