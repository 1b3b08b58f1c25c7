import type { AuditRow } from '../contracts/audit.ts';
import type { Args } from '../contracts/ipc.ts';
import type { LpConfig } from '../contracts/lp-config.ts';
import type { TimelineEvent } from '../contracts/lp-view.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import type { IncidentList, StoredIncident } from '../contracts/stored-incident.ts';
import { type OperationDeps, settled, unknownProvider } from './operation.ts';

/** What may be looked at; nothing here changes anything, so nothing is audited. None of these rejects. */

/** The configuration of one LP, without its password. Fails when there is no such LP or its row is invalid. */
export function lpConfig(deps: OperationDeps, { provider }: Args<'lp.config'>): Promise<Result<LpConfig>> {
  return settled(deps, { operation: 'lp-config', provider, reason: null }, async () => {
    const config = await deps.configs.config(provider);
    if (config !== null) return ok(config);
    const problems = deps.control.view(provider)?.problems ?? [];
    if (problems.length === 0) return { ok: false, error: unknownProvider(provider) };
    const rules = problems.map(({ column, rule }) => `${column}: ${rule}`).join('; ');
    return fail('user', 'config-invalid', `The row of ${provider} is invalid. ${rules}`, problems[0]?.column);
  });
}

/** Whether there is a row for the LP, valid or not. */
export function isStored(deps: OperationDeps, provider: string): Promise<Result<boolean>> {
  return settled(deps, { operation: 'is-stored', provider, reason: null }, async () => {
    const invalid = (deps.control.view(provider)?.problems.length ?? 0) > 0;
    return ok(invalid || (await deps.configs.config(provider)) !== null);
  });
}

/** The latest key events of one LP, oldest first. */
export async function timeline(
  deps: OperationDeps,
  { provider, limit }: Args<'lp.timeline'>,
): Promise<Result<readonly TimelineEvent[]>> {
  if (deps.control.view(provider) === null) return { ok: false, error: unknownProvider(provider) };
  return ok(deps.control.timeline(provider, limit));
}

/** The latest key events of one LP, or of all (provider null), oldest first. */
export async function events(
  deps: OperationDeps,
  { provider, limit }: { readonly provider: string | null; readonly limit: number },
): Promise<Result<readonly TimelineEvent[]>> {
  if (provider !== null) return timeline(deps, { provider, limit });
  let latest: readonly TimelineEvent[] = [];
  for (const view of deps.control.views()) latest = latestOf(latest, deps.control.timeline(view.provider, limit), limit);
  return ok(latest);
}

/** The latest of both, oldest first, as both are: no LP's events are looked at that are too old to be among them. */
function latestOf(one: readonly TimelineEvent[], other: readonly TimelineEvent[], limit: number): readonly TimelineEvent[] {
  const latest: TimelineEvent[] = [];
  let [i, j] = [one.length - 1, other.length - 1];
  while (latest.length < limit) {
    const [a, b] = [one[i], other[j]];
    const later = b === undefined || (a !== undefined && a.atMs > b.atMs) ? a : b;
    if (later === undefined) break;
    latest.push(later);
    if (later === a) i -= 1;
    else j -= 1;
  }
  return latest.reverse();
}

/** Audit rows, newest first; provider null: of all LPs. */
export function auditRows(deps: OperationDeps, { provider, limit }: Args<'audit.list'>): Promise<Result<readonly AuditRow[]>> {
  return settled(deps, { operation: 'audit-list', provider, reason: null }, async () =>
    ok(await deps.audit.list(provider, limit)),
  );
}

/** The kills, newest first; also those of before this console, and of others. */
export function incidentList(deps: OperationDeps, { limit }: Args<'incident.list'>): Promise<Result<IncidentList>> {
  return settled(deps, { operation: 'incident-list', provider: null, reason: null }, async () =>
    ok(await deps.incidents.list(limit)),
  );
}

/** One kill with its log of steps and its evidence, as each console has it: what an export has. Fails when there is no such incident. */
export function incident(deps: OperationDeps, { id }: Args<'incident.get'>): Promise<Result<readonly StoredIncident[]>> {
  return settled(deps, { operation: 'incident-get', provider: null, reason: null }, async () => {
    const parts = await deps.incidents.get(id);
    if (parts.length > 0) return ok(parts);
    return fail('user', 'unknown-incident', 'There is no such kill incident.', 'id');
  });
}
