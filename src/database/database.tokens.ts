/** Injects the opened `Database`. */
export const DATABASE = Symbol('Database');
/** Injects the `DatabaseLocation` it was opened from. */
export const DATABASE_LOCATION = Symbol('DatabaseLocation');
