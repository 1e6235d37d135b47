const PATHS = /(?:file:\/\/)?(?:\/[^\s/'"`:)]+)+/g;
const MAX_CAUSES = 5;

/**
 * An error for the log: names, codes and where in our code, for it and its causes; paths of the disk left out.
 * File names that the system puts in its messages could be a backup's or a secret's; the code says enough.
 */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  for (let current: unknown = error; current !== undefined && parts.length < MAX_CAUSES;) {
    parts.push(describeOne(current));
    current = Error.isError(current) ? current.cause : undefined;
  }
  return parts.join('\ncaused by ');
}

function describeOne(error: unknown): string {
  if (!Error.isError(error)) return `a thrown ${typeof error}`;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const message = syscall === undefined ? error.message.replace(PATHS, '<path>') : `${syscall} failed`;
  const frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.replace(PATHS, (path) => path.split('/').slice(-2).join('/')));
  return [`${error.name}${code === undefined ? '' : ` ${code}`}: ${message}`, ...frames].join('\n');
}
