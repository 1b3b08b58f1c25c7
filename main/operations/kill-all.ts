import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { KillIncident } from '../contracts/kill.ts';
import type { Result } from '../contracts/result.ts';
import { press } from './kill.ts';
import { type OperationDeps, reasonProblem, refused, typedProblem } from './operation.ts';

/** Kills every LP. `typed` must be KILL (console.md, kill switch 1); otherwise as `kill`. */
export function killAll(
  deps: OperationDeps,
  actor: Actor,
  { reason, typed }: Args<'lp.kill-all'>,
): Promise<Result<KillIncident>> {
  const asked = { operation: 'kill-all', provider: null, reason };
  const refusal = reasonProblem(reason) ?? typedProblem(typed, 'KILL');
  if (refusal !== null) return refused(deps, actor, asked, refusal);
  const providers = deps.control.views().map((view) => view.provider);
  return press(deps, actor, asked, () => deps.control.kill(providers, 'all', actor.name, reason.trim()));
}
