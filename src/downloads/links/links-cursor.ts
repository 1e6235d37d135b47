import { badRequest } from '../../common/problem.js';

interface Position {
  readonly createdAt: number;
  readonly id: string;
}

/** The cursor of the page that follows a link, newest first. Opaque to clients. */
export function cursorAfter(link: { readonly created_at: number; readonly id: string }): string {
  return Buffer.from(`${link.created_at}.${link.id}`).toString('base64url');
}

/** @throws ProblemError 400 for a cursor that no page gave */
export function positionOf(cursor: string): Position {
  const match = /^(\d{1,16})\.([\w-]+)$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match) throw badRequest('The cursor is not one that a page of this list gave. Start without one.');
  return { createdAt: Number(match[1]), id: match[2] ?? '' };
}
