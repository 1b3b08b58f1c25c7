import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { LpView } from '../contracts/lp-view.ts';
import type { Failure, Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem, unknownProvider } from './operation.ts';

/** Removes an LP that is inactive, or whose row is invalid. Its logs and its audit stay. A killed LP is re-armed first: deleting it would take the latch off. */
export function deleteLp(deps: OperationDeps, actor: Actor, { provider, reason }: Args<'lp.delete'>): Promise<Result<null>> {
  const asked = { operation: 'delete', provider, reason };
  const refusal = reasonProblem(reason) ?? notInactive(provider, deps.control.view(provider));
  return audited(deps, actor, asked, refusal, async () => {
    const removed = await deps.configs.remove(provider);
    if (removed.ok) await deps.control.refresh(provider);
    return removed;
  });
}

function notInactive(provider: string, view: LpView | null): Failure | null {
  if (view === null) return unknownProvider(provider);
  if (view.state.kind === 'inactive') return null;
  if (view.state.kind === 'error' && view.problems.length > 0) return null;
  const first = view.state.kind === 'killed' ? 'Re-arm' : 'Deactivate';
  return { kind: 'user', code: 'not-inactive', message: `${first} ${provider} before deleting it.` };
}
