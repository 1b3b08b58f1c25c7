import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { ConfirmedGone } from '../contracts/lp-record.ts';
import type { Result } from '../contracts/result.ts';
import { actorText } from './audit-trail.ts';
import { audited, type OperationDeps, optionalReasonProblem, reasonProblem, typedProblem } from './operation.ts';
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

/**
 * A person says that the console which owned the LP, and is silent, is gone: this one takes over what it owned. If it is not gone, its sessions
 * may still be logged on. `typed` must be the provider's name. Fails when nobody silent is waited for.
 */
export function takeOver(
  deps: OperationDeps,
  actor: Actor,
  { provider, reason, typed }: Args<'lp.take-over'>,
): Promise<Result<ConfirmedGone>> {
  const asked = { operation: 'take-over', provider, reason } as const;
  const refusal = reasonProblem(reason) ?? typedProblem(typed, provider);
  const act = (): Promise<Result<ConfirmedGone>> => deps.control.takeOver(provider, actorText(actor));
  return audited(deps, actor, asked, refusal, act, ({ console, lps }) => `${console} is gone; it owned ${lps.join(', ')}`);
}
