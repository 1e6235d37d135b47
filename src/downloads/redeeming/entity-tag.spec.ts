import { describe, expect, it } from '@jest/globals';
import { entityTag } from './entity-tag.js';

const link = { storageId: 's1', file: 'a/db.sql.enc', decrypt: true, version: 'v1', size: 100 };

describe('entityTag', () => {
  it('is a strong tag (RFC 9110 section 8.8.3)', () => {
    expect(entityTag(link)).toMatch(/^"[\x21\x23-\x7e]{20,}"$/);
    expect(entityTag({ ...link, file: 'día "🚀"\n', version: '"\r\n' })).toMatch(/^"[\w-]+"$/);
  });

  it('is the same for the same content, whatever else the link is', () => {
    const other = { ...link, id: 'other', createdAt: 5, maxDownloads: 3 };
    expect(entityTag(other)).toBe(entityTag(link));
  });

  it('differs in every part of what is delivered', () => {
    const tags = [
      link,
      { ...link, storageId: 's2' },
      { ...link, file: 'a/db.sql.enc2' },
      { ...link, decrypt: false },
      { ...link, version: 'v2' },
      { ...link, size: 101 },
      { ...link, storageId: 's1"', file: ',a/db.sql.enc' },
    ].map(entityTag);
    expect(new Set(tags).size).toBe(tags.length);
  });

  it('shows nothing of the version, which is made of inodes and times', () => {
    const tag = entityTag({ ...link, version: '1767225600000-42-8811' });
    expect(tag).not.toMatch(/1767225600000|8811/);
  });
});
