import { badRequest } from '../../common/problem.js';

/** The last key of a page: the next one starts after it. */
export interface KeyCursor {
  readonly createdAt: number;
  readonly id: string;
}

export function encodeCursor({ createdAt, id }: KeyCursor): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString('base64url');
}

/** @throws ProblemError 400 for a text that `encodeCursor` did not make */
export function decodeCursor(text: string): KeyCursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(value) && value.length === 2) {
      const [createdAt, id] = value as unknown[];
      if (Number.isSafeInteger(createdAt) && typeof id === 'string')
        return { createdAt: createdAt as number, id };
    }
  } catch {
    // Falls through to the one answer for every kind of broken cursor.
  }
  throw badRequest('The cursor is not one that a list gave. Start again without it.');
}
