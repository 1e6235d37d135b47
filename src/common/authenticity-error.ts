/** The content is not what was backed up: damaged, cut, or encrypted with another key. */
export class AuthenticityError extends Error {
  /** @param message for the log; never holds content or keys */
  constructor(message = 'The authentication tag over the whole file does not match its content') {
    super(message);
    this.name = 'AuthenticityError';
  }
}
