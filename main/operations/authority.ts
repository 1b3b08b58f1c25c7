import type { Actor } from '../contracts/audit.ts';
import { ROLES, type Role } from '../contracts/identity.ts';
import type { Failure } from '../contracts/result.ts';

/** The least role that each operation asks for. One that is missing here is no operation; queries are for every token. */
const NEEDED = {
  activate: 'operator',
  deactivate: 'operator',
  restart: 'operator',
  kill: 'operator',
  'kill-all': 'operator',
  rearm: 'operator',
  'take-over': 'operator',
  'set-sequence': 'operator',
  'reset-sequence': 'operator',
  'resend-request': 'operator',
  'test-request': 'operator',
  'retry-refused': 'operator',
  'discard-refused': 'admin',
  create: 'admin',
  save: 'admin',
  delete: 'admin',
  'token-list': 'admin',
  'token-create': 'admin',
  'token-revoke': 'admin',
} as const satisfies Record<string, Role>;

export type OperationName = keyof typeof NEEDED;

/** The one place where roles decide: refuses what the actor's role does not allow; null when it does. */
export function authorityProblem(actor: Actor, operation: OperationName): Failure | null {
  const needed = NEEDED[operation];
  if (ROLES.indexOf(actor.role) >= ROLES.indexOf(needed)) return null;
  const message = `${operation} needs the role ${needed}; ${actor.name} is ${actor.role}. Ask an admin for a token that may.`;
  return { kind: 'user', code: 'forbidden', message };
}
