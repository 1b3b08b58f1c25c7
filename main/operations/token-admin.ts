import type { Actor } from '../contracts/audit.ts';
import type { Role, TokenInfo } from '../contracts/identity.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import { authorityProblem } from './authority.ts';
import { audited, type OperationDeps } from './operation.ts';
import type { Tokens } from './tokens.ts';

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  /** Null: it does not expire. */
  readonly expiresInDays: number | null;
}

const DAY_MS = 86_400_000;

/** Every token's name, role and expiry; no token. */
export function listTokens(actor: Actor, tokens: Tokens): Result<readonly TokenInfo[]> {
  const refusal = authorityProblem(actor, 'token-list');
  return refusal === null ? ok(tokens.list()) : { ok: false, error: refusal };
}

/** Makes a token, which is answered this once. Fails (user) when the name is taken. */
export function createToken(
  deps: OperationDeps,
  tokens: Tokens,
  actor: Actor,
  { name, role, expiresInDays }: NewToken,
): Promise<Result<{ readonly token: string; readonly info: TokenInfo }>> {
  const expiresAtMs = expiresInDays === null ? null : deps.clock.nowMs() + expiresInDays * DAY_MS;
  return audited(
    deps,
    actor,
    { operation: 'token-create', provider: null, reason: null },
    null,
    async () => storing(() => tokens.create(name, role, expiresAtMs)),
    () => `${name}, ${role}, ${expiresAtMs === null ? 'does not expire' : `until ${new Date(expiresAtMs).toISOString()}`}`,
  );
}

/** Revokes a token: what is connected with it is cut off. Fails (user) when there is none of that name. */
export function revokeToken(deps: OperationDeps, tokens: Tokens, actor: Actor, name: string): Promise<Result<null>> {
  const asked = { operation: 'token-revoke', provider: null, reason: null } as const;
  return audited(
    deps,
    actor,
    asked,
    null,
    async () => storing(() => tokens.revoke(name)),
    () => name,
  );
}

function storing<T>(change: () => Result<T>): Result<T> {
  try {
    return change();
  } catch (error) {
    return fail('operational', 'tokens-not-stored', `The tokens cannot be written, and nothing was changed: ${String(error)}`);
  }
}
