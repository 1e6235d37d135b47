import { PUBLIC_HEADERS } from '../http/response-headers.js';

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes for people: `0 bytes`, `1.5 MiB`. */
export function humanSize(bytes: number): string {
  const power = bytes === 0 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** The page's own policy: no script, nothing loaded, one form that goes back to where it came from. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...PUBLIC_HEADERS,
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'Content-Type': 'text/html; charset=utf-8',
};

const BUTTON = '<form method="post"><button>Download</button></form>';
const VERIFYING =
  '<p role="status">The file is being verified. This page reloads by itself; the download can be started then.</p>';

function deadline(expiresAt: Date): string {
  const time = expiresAt.toISOString();
  const shown = time.replace('T', ' ').slice(0, 19);
  return `<small>This link works once. Start before <time datetime="${time}">${shown} UTC</time>.</small>`;
}

/**
 * What a person sees who opens a link in a browser: the file is fetched by the button's POST alone, so that opening,
 * previewing or reloading the page uses nothing up. The form has no action: it posts to the page's own address.
 * @param isVerifying nothing can be fetched yet; whoever answers with the page has it reloaded
 */
export function browserPage(fileName: string, size: number, expiresAt: Date, isVerifying = false): string {
  const name = escapeHtml(fileName);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Download ${name}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { min-height: 100vh; margin: 0; display: grid; place-items: center; background: light-dark(#f4f5f7, #14161a); }
main { box-sizing: border-box; width: min(30rem, calc(100vw - 2rem)); padding: 2rem; border-radius: 1rem;
  background: light-dark(#fff, #1e2127); box-shadow: 0 1px 3px #0003; }
h1 { margin: 0 0 .25rem; font-size: 1.15rem; overflow-wrap: anywhere; }
p { margin: 0 0 1.25rem; color: light-dark(#555, #aaa); }
button { width: 100%; padding: .75rem; border: 0; border-radius: .5rem; font: inherit; font-weight: 600; color: #fff;
  background: #1d5fd1; cursor: pointer; }
button:hover { background: #174eae; }
button:focus-visible { outline: 3px solid #7aa7ff; outline-offset: 2px; }
small { display: block; margin-top: 1rem; color: light-dark(#666, #999); }
</style>
</head>
<body>
<main>
<h1>${name}</h1>
<p>${humanSize(size)}</p>
${isVerifying ? VERIFYING : `${BUTTON}\n${deadline(expiresAt)}`}
</main>
</body>
</html>
`;
}
