/** What Linux, macOS and Windows file systems take for one name. */
export const MAX_NAME_BYTES = 255;

/**
 * Control characters, and what reorders or breaks the text around it (bidi marks, embeddings and isolates, line
 * and paragraph separators): with these a name could show as another one. The backslash separates on Windows.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\\]/gu;

/** One or two short extensions: `.gz`, `.sql.gz`. */
const EXTENSION = /(?:\.[^.\s]{1,16}){1,2}$/u;

/**
 * The name that a client is told to write: the last segment of a path, always one harmless file name.
 * Unsafe characters and leading dots become `_`; over 255 bytes of UTF-8 the stem is cut at a code point.
 * Applying it twice changes nothing.
 */
export function safeFileName(path: string): string {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .toWellFormed()
    .replace(UNSAFE, '_')
    .replace(/^\.+/, (dots) => '_'.repeat(dots.length));
  return name === '' ? 'download' : fitName(name);
}

function fitName(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const extension = EXTENSION.exec(name)?.[0] ?? '';
  let room = MAX_NAME_BYTES - Buffer.byteLength(extension);
  let stem = '';
  for (const character of name.slice(0, name.length - extension.length)) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    stem += character;
  }
  return stem + extension;
}
