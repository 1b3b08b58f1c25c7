import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { readIfThere, writeDurably } from '../base/durable-file.ts';
import { ROLES, type Role, type TokenInfo } from '../contracts/identity.ts';
import { fail, ok, type Result } from '../contracts/result.ts';

/** The console's own token, VFXLP_ADMIN_TOKEN or the file admin-token. */
export const OWN_TOKEN = 'admin';
const MAX_TOKENS = 1_000;

/** Who a token is, for as long as `isCurrent` says so. */
export interface Identity {
  readonly name: string;
  readonly role: Role;
  readonly expiresAtMs: number | null;
}

const storedSchema = z.strictObject({
  name: z.string(),
  role: z.enum(ROLES),
  /** SHA-256 of the token, hexadecimal: a token has 256 random bits, so that there is nothing to guess. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
});
const fileSchema = z.strictObject({ tokens: z.array(storedSchema) });
type Stored = Readonly<z.output<typeof storedSchema>>;

/** Named tokens, in a file of mode 0600 that has their hashes only. */
export class Tokens {
  readonly #file: string;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #own: { readonly hash: string; readonly identity: Identity };
  readonly #listeners = new Set<() => void>();
  /** By hash: looking one up tells nothing about another, and nothing by its time about the token. */
  #byHash: ReadonlyMap<string, Stored>;

  /** @throws Error with a sentence for the operator when the file is damaged */
  constructor(file: string, ownToken: string, clock: Pick<Clock, 'nowMs'>) {
    this.#file = file;
    this.#clock = clock;
    this.#own = { hash: hashOf(ownToken), identity: { name: OWN_TOKEN, role: 'admin', expiresAtMs: null } };
    this.#byHash = byHash(readTokens(file));
  }

  /** Null: nobody's token, or one that has expired. */
  identify(token: string): Identity | null {
    const hash = hashOf(token);
    if (hash === this.#own.hash) return this.#own.identity;
    const stored = this.#byHash.get(hash);
    return stored !== undefined && this.isCurrent(stored) ? stored : null;
  }

  /** Whether it has neither expired nor been revoked since it was identified. */
  isCurrent(identity: Identity): boolean {
    if (identity === this.#own.identity) return true;
    const expired = identity.expiresAtMs !== null && identity.expiresAtMs <= this.#clock.nowMs();
    return !expired && [...this.#byHash.values()].some((stored) => stored === identity);
  }

  list(): readonly TokenInfo[] {
    const named = [...this.#byHash.values()].map(({ hash: _hash, ...info }) => info);
    return [{ name: OWN_TOKEN, role: 'admin', createdAtMs: null, expiresAtMs: null }, ...named];
  }

  /** @param expiresAtMs null: never. @returns the token, which nobody can read again. Fails (user) when the name is taken; throws the file system's error. */
  create(name: string, role: Role, expiresAtMs: number | null): Result<{ readonly token: string; readonly info: TokenInfo }> {
    const nowMs = this.#clock.nowMs();
    const others = [...this.#byHash.values()].filter((stored) => this.isCurrent(stored));
    if ([OWN_TOKEN, ...others.map((stored) => stored.name)].some((taken) => taken.toLowerCase() === name.toLowerCase())) {
      return fail('user', 'token-exists', `There is a token named ${name}: revoke it first, or choose another name.`, 'name');
    }
    if (others.length >= MAX_TOKENS) return fail('user', 'too-many-tokens', `There are ${MAX_TOKENS} tokens: revoke some first.`);
    const token = randomBytes(32).toString('base64url');
    const info = { name, role, createdAtMs: nowMs, expiresAtMs };
    this.#replace([...others, { ...info, hash: hashOf(token) }]);
    return ok({ token, info });
  }

  /** Ends it at once, open connections included. Fails (user) when there is none or it is the console's own; throws the file system's error. */
  revoke(name: string): Result<null> {
    if (name === OWN_TOKEN) {
      const message =
        'The token admin is VFXLP_ADMIN_TOKEN, or the file admin-token in the data folder: change it there and restart.';
      return fail('user', 'own-token', message);
    }
    const all = [...this.#byHash.values()];
    const left = all.filter((stored) => stored.name !== name);
    if (left.length === all.length) return fail('user', 'unknown-token', `There is no token named ${name}.`, 'name');
    this.#replace(left);
    return ok(null);
  }

  /** Announces that tokens were made or revoked. Returns the function that unsubscribes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #replace(tokens: readonly Stored[]): void {
    // On the disk first: what was revoked does not come back with the next start.
    writeDurably(this.#file, `${JSON.stringify({ tokens }, null, 1)}\n`);
    this.#byHash = byHash(tokens);
    for (const listener of this.#listeners) listener();
  }
}

const byHash = (tokens: readonly Stored[]): ReadonlyMap<string, Stored> => new Map(tokens.map((token) => [token.hash, token]));

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** @throws Error with a sentence for the operator when the file is damaged */
export function readTokens(file: string): readonly Stored[] {
  const text = readIfThere(file);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).tokens;
  } catch (cause) {
    throw new Error(`${file} is damaged: restore it, or delete it and make the tokens again`, { cause });
  }
}
