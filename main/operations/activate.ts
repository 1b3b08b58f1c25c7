import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps, optionalReasonProblem } from './operation.ts';

/** Sets the LP active and starts it; one that runs is first stopped gracefully. The reason may be empty. Fails when it is killed or unknown. */
export function activate(deps: OperationDeps, actor: Actor, { provider, reason }: Args<'lp.activate'>): Promise<Result<null>> {
  const asked = { operation: 'activate', provider, reason: reason === '' ? null : reason };
  return audited(deps, actor, asked, optionalReasonProblem(reason), () => deps.control.activate(provider));
}
