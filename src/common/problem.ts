export type ProblemLogLevel = 'debug' | 'warn' | 'error';

export interface ProblemOptions {
  /** HTTP status. */
  readonly status: number;
  /** Stable, machine-readable, kebab-case: the last part of the problem's `type`. */
  readonly code: string;
  /** The same for every occurrence of the code. */
  readonly title: string;
  /** What to do, for people. Holds no secret and no path of the server's disk. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of the problem object. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly logLevel?: ProblemLogLevel;
  readonly cause?: unknown;
}

export const PROBLEM_TYPE_PREFIX = 'urn:drawbridge:problem:';

/** An expected failure that a client is told about as RFC 9457 problem details. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly logLevel: ProblemLogLevel;

  constructor(options: ProblemOptions) {
    super(options.detail, { cause: options.cause });
    this.name = 'ProblemError';
    this.status = options.status;
    this.code = options.code;
    this.title = options.title;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
    this.logLevel = options.logLevel ?? (options.status >= 500 ? 'error' : 'debug');
  }

  /** The `application/problem+json` body; `success` and `error` are for scripts that only look there. */
  toBody(): Record<string, unknown> {
    return {
      type: PROBLEM_TYPE_PREFIX + this.code,
      title: this.title,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...this.extensions,
      success: false,
      error: this.message,
    };
  }
}

/** A request that can never succeed as it is. */
export const badRequest = (detail: string, extensions: Record<string, unknown> = {}) =>
  new ProblemError({
    status: 400,
    code: 'bad-request',
    title: 'The request is not valid',
    detail,
    extensions,
  });

/** The named thing does not exist. */
export const notFound = (detail: string) =>
  new ProblemError({ status: 404, code: 'not-found', title: 'Not found', detail });
