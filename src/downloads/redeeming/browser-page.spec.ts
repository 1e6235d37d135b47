import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_NAMES } from '../../../test/support/hostile-names.js';
import { browserPage, humanSize, PAGE_HEADERS } from './browser-page.js';

const EXPIRES = new Date(Date.UTC(2026, 6, 1, 12, 30));
const page = (fileName: string, size = 1024) => browserPage(fileName, size, EXPIRES);

/** What is left of a page when the name's place is taken out; the name as a browser reads it. */
function nameIn(html: string): { title: string; heading: string; rest: string } {
  const decode = (text: string) =>
    text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  const title = /<title>Download ([^<]*)<\/title>/.exec(html)?.[1] ?? '';
  const heading = /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? '';
  return { title: decode(title), heading: decode(heading), rest: html.replaceAll(title || ' ', '') };
}

describe('browserPage', () => {
  it('shows name, size and deadline, and one button that posts to its own address', () => {
    const html = page('db.sql.gz', 1_572_864);
    expect(html).toContain('<h1>db.sql.gz</h1>');
    expect(html).toContain('<p>1.5 MiB</p>');
    expect(html).toContain('<time datetime="2026-07-01T12:30:00.000Z">2026-07-01 12:30:00 UTC</time>');
    expect(html.match(/<form[^>]*>/g)).toEqual(['<form method="post">']);
    expect(html.match(/<button/g)).toHaveLength(1);
  });

  it('has neither button nor deadline while the file is verified', () => {
    const html = browserPage('db.sql.gz', 1_572_864, EXPIRES, true);
    expect(html).toContain('being verified');
    expect(html).not.toMatch(/<form|<button|<time/);
  });

  it('loads nothing, runs nothing and links nowhere', () => {
    expect(page('db.sql')).not.toMatch(
      /<(script|img|link|iframe|a|base|meta http-equiv)\b|url\(|@import|\son\w+=/i,
    );
  });

  it.each([
    '<script>alert(1)</script>',
    '</title><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    '</h1></main><form action="https://evil.example"><button>Download</button>',
    '<!--',
    '&lt;b&gt;',
    '&#60;b&#62;',
    ...HOSTILE_NAMES,
  ])('shows %j as text', (name) => {
    const { title, heading, rest } = nameIn(page(name));
    expect(title).toBe(name);
    expect(heading).toBe(name);
    expect(rest).not.toContain('alert');
    expect(rest.match(/<form/g)).toHaveLength(1);
  });

  it('has the same elements for any name', () => {
    const elements = (html: string) => html.match(/<[^>]*>/g);
    const expected = elements(page('x'));
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[<>"'&;/ a-z!-]*$/));
    fc.assert(
      fc.property(name, (fileName) => {
        expect(elements(page(fileName))).toEqual(expected);
      }),
    );
  });

  it('has a policy of its own: styles and its form, nothing else', () => {
    const policy = PAGE_HEADERS['Content-Security-Policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src|unsafe-eval|\*|https?:/);
    expect(PAGE_HEADERS['Cache-Control']).toContain('no-store');
    expect(PAGE_HEADERS['Content-Type']).toBe('text/html; charset=utf-8');
  });
});

describe('humanSize', () => {
  it.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [102_400, '100 KiB'],
    [1_048_576, '1.0 MiB'],
    [5_368_709_120, '5.0 GiB'],
    [2 ** 40, '1.0 TiB'],
    [2 ** 50, '1024 TiB'],
  ])('%i is %s', (bytes, text) => {
    expect(humanSize(bytes)).toBe(text);
  });
});
