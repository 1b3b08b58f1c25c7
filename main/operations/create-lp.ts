import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { LpConfig } from '../contracts/lp-config.ts';
import type { Result } from '../contracts/result.ts';
import { audited, type OperationDeps } from './operation.ts';

/** Stores a new LP, inactive. Fails with the column at fault, or when the LP exists. */
export function createLp(deps: OperationDeps, actor: Actor, { draft }: Args<'lp.create'>): Promise<Result<LpConfig>> {
  const asked = { operation: 'create', provider: draft.provider, reason: null };
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
