import { baseName } from '../common/storage-path.js';

export interface TryOut {
  readonly publicUrl: string;
  readonly storageId: string;
  /** An encrypted file whose path needs no quoting in JSON and in a shell's single quotes. */
  readonly file: string;
  readonly key: string | undefined;
}

/**
 * Mints and downloads in one line: the answer's `url` becomes curl's configuration on standard input, so that the token
 * shows up in no process list and nothing but curl and sed is needed.
 */
export function tryOutCommand({ publicUrl, storageId, file, key }: TryOut): string {
  const authorization =
    key === undefined ? '"Authorization: Bearer $ADMIN_API_KEY"' : `'Authorization: Bearer ${key}'`;
  const target = baseName(file).replace(/\.enc$/, '');
  return (
    `curl -fsS -H ${authorization} -H 'Content-Type: application/json' -d '{"file":"${file}"}' ` +
    `${publicUrl}/api/storage/${storageId}/download-url | sed -n 's/.*"url":"\\([^"]*\\)".*/url = "\\1"/p' | ` +
    `curl -f -K - -o '${target}'`
  );
}
