import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps, optionalReasonProblem, reasonProblem } from './operation.ts';
import { plainText } from './plain-text.ts';

/** Sets the LP active and starts it; one that runs is first stopped gracefully. The reason may be empty. Fails when it is killed or unknown. */
export function activate(deps: OperationDeps, actor: Actor, { provider, reason }: Args<'lp.activate'>): Promise<Result<null>> {
  const asked = { operation: 'activate', provider, reason: reason === '' ? null : reason } as const;
  return audited(deps, actor, asked, optionalReasonProblem(reason), () => deps.control.activate(provider));
}

/** Logs out with the reason as Text(58), stops engine and tunnel; resolves when they are gone. Works without the database. */
export function deactivate(
  deps: OperationDeps,
  actor: Actor,
  { provider, reason }: Args<'lp.deactivate'>,
): Promise<Result<null>> {
  const asked = { operation: 'deactivate', provider, reason } as const;
  return audited(deps, actor, asked, reasonProblem(reason), () => deps.control.deactivate(provider, plainText(reason)));
}

/** Stops the LP gracefully and starts it again with its present configuration. */
export function restart(deps: OperationDeps, actor: Actor, { provider, reason }: Args<'lp.restart'>): Promise<Result<null>> {
  const asked = { operation: 'restart', provider, reason } as const;
  return audited(deps, actor, asked, reasonProblem(reason), () => deps.control.restart(provider));
}
