import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem } from './operation.ts';

/** Logs out with the reason as Text(58), stops engine and tunnel; resolves when they are gone. Works without the database. */
export function deactivate(
  deps: OperationDeps,
  actor: Actor,
  { provider, reason }: Args<'lp.deactivate'>,
): Promise<Result<null>> {
  const asked = { operation: 'deactivate', provider, reason };
  return audited(deps, actor, asked, reasonProblem(reason), () => deps.control.deactivate(provider, reason.trim()));
}
