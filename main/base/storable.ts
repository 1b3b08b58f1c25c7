const REPLACEMENT = '\uFFFD';

/**
 * Text as PostgreSQL can store it: it knows no NUL character and no half surrogate pair, and a peer's Text(58) or an operator's reason may
 * hold anything. Other values pass.
 */
export function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', REPLACEMENT) : value;
}

/** JSON for a json or jsonb column. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => storable(part));
}
