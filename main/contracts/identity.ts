/** What a token may do: a viewer looks, an operator runs LPs (kill included), an admin also changes configuration and tokens. Each may what those before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A token as it may be shown: never the token itself. */
export interface TokenInfo {
  readonly name: string;
  readonly role: Role;
  /** Null for the console's own, `admin`. */
  readonly createdAtMs: number | null;
  /** Null: it does not expire. */
  readonly expiresAtMs: number | null;
}
