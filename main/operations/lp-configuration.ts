import type { Actor } from '../contracts/audit.ts';
import type { Args, Value } from '../contracts/ipc.ts';
import type { LpConfig } from '../contracts/lp-config.ts';
import type { LpStateKind, LpView } from '../contracts/lp-view.ts';
import type { Failure, Result } from '../contracts/result.ts';
import { audited, type OperationDeps, reasonProblem, unknownProvider } from './operation.ts';

/** Stores a new LP, inactive. Fails with the column at fault, or when the LP exists. */
export function createLp(deps: OperationDeps, actor: Actor, { draft }: Args<'lp.create'>): Promise<Result<LpConfig>> {
  const asked = { operation: 'create', provider: draft.provider, reason: null } as const;
  return audited(
    deps,
    actor,
    asked,
    null,
    async () => {
      const created = await deps.configs.create(draft);
      if (created.ok) await deps.control.refresh(draft.provider);
      return created;
    },
    (config) => `version ${config.version}`,
  );
}

/**
 * Changes the configuration of an LP. On a live session the answer says whether the change applies now or at the next logon;
 * without one it applies now. Fails with the column at fault, when there is no such LP, or when another version is stored than the draft is of.
 */
export function saveLp(
  deps: OperationDeps,
  actor: Actor,
  { draft, version }: Args<'lp.save'>,
): Promise<Result<Value<'lp.save'>>> {
  const asked = { operation: 'save', provider: draft.provider, reason: null } as const;
  return audited(
    deps,
    actor,
    asked,
    null,
    async () => {
      const live = isLive(deps.control.view(draft.provider)?.state.kind ?? 'inactive');
      const saved = await deps.configs.save(draft, version ?? null);
      if (!saved.ok) return saved;
      await deps.control.refresh(draft.provider);
      return live ? saved : { ok: true, value: { ...saved.value, applies: 'now' } };
    },
    ({ config, applies }) => `version ${config.version}, applies ${applies === 'now' ? 'now' : 'at the next logon'}`,
  );
}

/** Whether a connection is up or being made with the configuration as it was. */
function isLive(kind: LpStateKind): boolean {
  switch (kind) {
    case 'connecting':
    case 'logon':
    case 'logged-on':
    case 'recovering':
    case 'foreign':
      return true;
    case 'inactive':
    case 'stopping':
    case 'retry':
    case 'error':
    case 'off-schedule':
    case 'killed':
      return false;
  }
}

/** Removes an LP that is inactive, or whose row is invalid. Its logs and its audit stay. A killed LP is re-armed first: deleting it would take the latch off. */
export function deleteLp(deps: OperationDeps, actor: Actor, { provider, reason }: Args<'lp.delete'>): Promise<Result<null>> {
  const asked = { operation: 'delete', provider, reason } as const;
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
