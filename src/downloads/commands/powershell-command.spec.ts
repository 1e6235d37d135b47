import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { powershellCommand, powershellQuote, windowsFileName } from './powershell-command.js';

/** Reads a single-quoted string as PowerShell's tokenizer does; undefined when it does not end exactly at the end. */
function readQuoted(source: string): string | undefined {
  const quote = /['\u2018\u2019\u201a\u201b]/;
  let text = '';
  for (let at = 1; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (quote.test(character)) {
      if (!quote.test(source.charAt(at + 1))) return at === source.length - 1 ? text : undefined;
      at += 1;
    }
    text += character;
  }
  return undefined;
}

describe('powershellQuote', () => {
  it('doubles everything that PowerShell takes for a single quote', () => {
    expect(powershellQuote("a'b\u2019c$(x)`")).toBe("'a''b\u2019\u2019c$(x)`'");
    const unit = fc.constantFrom("'", '\u2018', '\u2019', '\u201a', '\u201b', '"', '$', '`', 'x');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(readQuoted(powershellQuote(text))).toBe(text);
      }),
    );
  });
});

describe('windowsFileName', () => {
  it.each([
    ['a:b*c?.sql', 'a_b_c_.sql'],
    ['<a>"b"|c', '_a__b__c'],
    ['report. .', 'report___'],
    ['NUL', '_UL'],
    ['con.tar.gz', '_on.tar.gz'],
    ['com1 .txt', '_om1 .txt'],
    ['lpt\u00b9.x', '_pt\u00b9.x'],
    ['console.log', 'console.log'],
    ['[a-z] $x.sql', '[a-z] $x.sql'],
  ])('%j becomes %j', (name, expected) => {
    expect(windowsFileName(name)).toBe(expected);
  });
});

describe('powershellCommand', () => {
  const input = {
    url: 'https://backup.example/d?token=abc',
    token: 'abc',
    endpoint: 'https://backup.example/d',
    linkId: 'L1nk',
    fileName: "[it's]\u2019$(calc).sql",
    size: 42,
  };

  it('quotes the name, and writes to a part name without wildcards', () => {
    const command = powershellCommand(input);
    expect(command).toContain("Combine($PWD.ProviderPath, '[it''s]\u2019\u2019$(calc).sql')");
    expect(command).toContain("-Uri 'https://backup.example/d?token=abc' -OutFile '.drawbridge.L1nk.part'");
    expect(command).toContain('.Length -ne 42');
    expect(command).not.toContain('Get-FileHash');
  });

  it('compares the SHA-256 when it is known, before the rename', () => {
    const command = powershellCommand({ ...input, sha256: 'c0ffee' });
    expect(command.indexOf("-ne 'c0ffee'")).toBeGreaterThan(0);
    expect(command.indexOf("-ne 'c0ffee'")).toBeLessThan(command.indexOf('[IO.File]::Move'));
  });

  it('confirms after the rename what it hashed before, where the link waits for that', () => {
    const command = powershellCommand({ ...input, confirmEndpoint: 'https://backup.example/d/confirm' });
    const [hash, move, post] = ['$h = (Get-FileHash', '[IO.File]::Move', 'Invoke-RestMethod'].map((step) =>
      command.indexOf(step),
    ) as [number, number, number];
    expect(hash).toBeGreaterThan(0);
    expect([hash < move, move < post]).toEqual([true, true]);
    expect(command).toContain(
      "-Uri 'https://backup.example/d/confirm?token=abc' -ContentType 'application/json'",
    );
    expect(powershellCommand(input)).not.toContain('Invoke-RestMethod');
  });
});
