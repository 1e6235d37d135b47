import { badRequest } from '../common/problem.js';

/** A cursor that means "after this name". */
export function cursorAfter(name: string): string {
  return Buffer.from(name).toString('base64url');
}

/**
 * The name that {@link cursorAfter} hid.
 * @throws ProblemError 400 for anything else
 */
export function nameBefore(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString();
  if (name === '' || cursorAfter(name) !== cursor)
    throw badRequest('The cursor is not one of ours. Take `nextCursor` of the page before, or leave it out.');
  return name;
}
