/** SQLITE_CONSTRAINT_UNIQUE and SQLITE_CONSTRAINT_PRIMARYKEY; PostgreSQL has one code for both. */
const SQLITE_CODES: readonly unknown[] = [2067, 1555];
const POSTGRES_UNIQUE_VIOLATION = '23505';

/** Whether a statement failed because a unique value is taken. */
export function isUniqueViolation(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { errcode?: unknown; code?: unknown };
  return SQLITE_CODES.includes(errcode) || code === POSTGRES_UNIQUE_VIOLATION;
}
