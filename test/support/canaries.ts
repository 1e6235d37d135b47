/** Secrets that are known to the test, to be looked for wherever they must not be. */
export class Canaries {
  private readonly forms = new Map<string, Buffer>();

  /** @param bytes what the text stands for, when it is an encoding itself */
  add(name: string, text: string, bytes: Buffer = Buffer.from(text)): void {
    const forms = {
      'as it is': text,
      'in upper case': text.toUpperCase(),
      'in JSON': JSON.stringify(text).slice(1, -1),
      'in a URL': encodeURIComponent(text),
      'as hex': bytes.toString('hex'),
      'as base64': bytes.toString('base64').replace(/=+$/, ''),
      'as base64url': bytes.toString('base64url'),
    };
    for (const [form, value] of Object.entries(forms)) this.forms.set(`${name} ${form}`, Buffer.from(value));
    this.forms.set(`${name} as bytes`, bytes);
  }

  /** Those that a text or a file holds, by their names. @param except names that may be there */
  foundIn(haystack: string | Buffer, except: readonly string[] = []): string[] {
    const bytes = Buffer.from(haystack);
    return [...this.forms]
      .filter(
        ([name, form]) => bytes.includes(form) && !except.some((allowed) => name.startsWith(`${allowed} `)),
      )
      .map(([name]) => name);
  }
}
