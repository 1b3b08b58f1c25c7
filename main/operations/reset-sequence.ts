import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem } from './operation.ts';

/** Sets both numbers to 1 and sends 141=Y with the next Logon; the old store is kept aside. Fails while logged on. Scenario 9. */
export function resetSequence(deps: OperationDeps, actor: Actor, args: Args<'lp.reset-sequence'>): Promise<Result<null>> {
  const { provider, reason } = args;
  const asked = { operation: 'reset-sequence', provider, reason };
  return audited(deps, actor, asked, reasonProblem(reason), () => deps.control.resetSequence(provider));
}
