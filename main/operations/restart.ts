import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem } from './operation.ts';

/** Stops the LP gracefully and starts it again with its present configuration. */
export function restart(deps: OperationDeps, actor: Actor, { provider, reason }: Args<'lp.restart'>): Promise<Result<null>> {
  const asked = { operation: 'restart', provider, reason };
  return audited(deps, actor, asked, reasonProblem(reason), () => deps.control.restart(provider));
}
