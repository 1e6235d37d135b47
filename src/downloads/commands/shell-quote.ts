/**
 * One word for a POSIX shell. Inside single quotes nothing is special, not even `!` in an interactive bash,
 * so only the single quote itself leaves them for a moment.
 */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A file of the current folder as a shell word that no command takes for an option or for standard output. */
export function shellFile(name: string): string {
  return shellQuote(name.startsWith('-') ? `./${name}` : name);
}

/** One option of a curl config file (`curl -K`), which has its own quoting: a backslash escapes. */
export function curlConfigLine(option: string, value: string): string {
  return `${option} = "${value.replace(/["\\]/g, String.raw`\$&`)}"`;
}
