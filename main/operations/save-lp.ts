import type { Actor } from '../contracts/audit.ts';
import type { Args, Value } from '../contracts/ipc.ts';
import type { LpStateKind } from '../contracts/lp-view.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps } from './operation.ts';

/**
 * Changes the configuration of an LP. On a live session the answer says whether the change applies now or at the next logon;
 * without one it applies now. Fails with the column at fault, or when there is no such LP.
 */
export function saveLp(deps: OperationDeps, actor: Actor, { draft }: Args<'lp.save'>): Promise<Result<Value<'lp.save'>>> {
  const asked = { operation: 'save', provider: draft.provider, reason: null };
  return audited(
    deps,
    actor,
    asked,
    null,
    async () => {
      const live = isLive(deps.control.view(draft.provider)?.state.kind ?? 'inactive');
      const saved = await deps.configs.save(draft);
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
