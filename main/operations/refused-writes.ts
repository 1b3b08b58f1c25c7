import type { Actor } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { RefusedWrite, RefusedWrites } from '../contracts/refused.ts';
import { ok, type Result } from '../contracts/result.ts';
import { audited, type OperationDeps, optionalReasonProblem, reasonProblem, settled } from './operation.ts';

/** Writes that the database or NATS refused for good, oldest first. Fails while the database, which has the events, is away. */
export function refusedWrites(deps: OperationDeps): Promise<Result<readonly RefusedWrite[]>> {
  const asked = { operation: 'refused-list', provider: null, reason: null };
  return settled(deps, asked, async () => ok(await all(deps.refused)));
}

/** Tries each of them again. @returns those that are still refused, or not written yet */
export function retryRefused(
  deps: OperationDeps,
  actor: Actor,
  { reason }: Args<'refused.retry'>,
): Promise<Result<readonly RefusedWrite[]>> {
  const asked = { operation: 'retry-refused', provider: null, reason: reason === '' ? null : reason } as const;
  return audited(deps, actor, asked, optionalReasonProblem(reason), async () => {
    for (const { retry } of deps.refused) await retry();
    return ok(await all(deps.refused));
  });
}

/**
 * Gives up those that are named, for good: the log keeps what they were, the audit which. What was refused since the operator looked is not touched.
 *
 * @returns those that are left
 */
export function discardRefused(
  deps: OperationDeps,
  actor: Actor,
  { ids, reason }: Args<'refused.discard'>,
): Promise<Result<readonly RefusedWrite[]>> {
  const asked = { operation: 'discard-refused', provider: null, reason } as const;
  let discarded: readonly RefusedWrite[] = [];
  return audited(
    deps,
    actor,
    asked,
    reasonProblem(reason),
    async () => {
      const named = new Set(ids);
      discarded = (await all(deps.refused)).filter(({ id }) => named.has(id));
      for (const write of discarded) deps.log.warn({ write }, 'A refused write is discarded');
      for (const { discard } of deps.refused) await discard(named);
      return ok(await all(deps.refused));
    },
    () => discardedText(discarded),
  );
}

function discardedText(discarded: readonly RefusedWrite[]): string {
  const names = discarded.map(({ what, provider }) => (provider === null ? what : `${what} (${provider})`));
  return `${discarded.length} discarded${names.length === 0 ? '' : `: ${names.join('; ')}`}`;
}

async function all(kept: readonly RefusedWrites[]): Promise<readonly RefusedWrite[]> {
  const lists = await Promise.all(kept.map(({ list }) => list()));
  return lists.flat().toSorted((a, b) => a.atMs - b.atMs);
}
