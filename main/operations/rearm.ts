import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem, typedProblem } from './operation.ts';

/** Takes the kill latch off; the LP stays inactive until it is activated. `typed` must be the provider's name (console.md, kill switch 5). */
export function rearm(deps: OperationDeps, actor: Actor, { provider, reason, typed }: Args<'lp.rearm'>): Promise<Result<null>> {
  const asked = { operation: 'rearm', provider, reason };
  const refusal = reasonProblem(reason) ?? typedProblem(typed, provider);
  return audited(deps, actor, asked, refusal, () => deps.control.rearm(provider));
}
