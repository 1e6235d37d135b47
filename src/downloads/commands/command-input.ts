/** Everything the ready command lines depend on. */
export interface CommandInput {
  /** The whole public address, token included. */
  readonly url: string;
  readonly token: string;
  /** The same address without the token, for the `Authorization` header. */
  readonly endpoint: string;
  /** Where the client names the SHA-256 of what it has, without the token; only for links that wait for that. */
  readonly confirmEndpoint?: string | undefined;
  /** The link's public id: names the part file, so that only the same link resumes it. */
  readonly linkId: string;
  /** Any name or path; each command writes to `safeFileName(fileName)` in the current folder. */
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex, when known. */
  readonly sha256?: string | undefined;
}

/** Command lines to copy. All but `powershell` are for a POSIX shell, interactive or not. */
export interface Commands {
  readonly curl: string;
  readonly wget: string;
  readonly robust: string;
  readonly curlConfig: string;
  readonly powershell: string;
}
