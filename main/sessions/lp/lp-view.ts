import { type ConfigProblem, DEFAULT_SESSION } from '../../contracts/lp-config.ts';
import type { KillLatch, LpRecord } from '../../contracts/lp-record.ts';
import type { LpState, LpTrouble, LpView } from '../../contracts/lp-view.ts';
import { ENTER_AGAIN } from '../../contracts/secret-destination.ts';
import type { LpStatusCell } from '../row/lp-status.ts';
import type { LiveNumbers } from './live-numbers.ts';
import type { LpRun } from './lp-run.ts';

/** What an LP without a run is. */
export type Idle =
  | { readonly kind: 'inactive' }
  | { readonly kind: 'error' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'off-schedule'; readonly opensAtMs: number | null };

export interface ViewParts {
  readonly record: LpRecord | null;
  readonly run: LpRun | null;
  /** Of the run that ended last, where there is none. */
  readonly last: LiveNumbers | null;
  readonly idle: Idle;
  readonly latch: KillLatch | null;
  readonly status: LpStatusCell;
  readonly trouble: LpTrouble | null;
  /** This console's host name. */
  readonly consoleHost: string;
  /** Whether this console owns the LP. */
  readonly owned: boolean;
}

/** The operator's view of one LP, from what its controller knows. */
export function viewOf(provider: string, parts: ViewParts): LpView {
  const { record, run, status } = parts;
  const live = run?.live ?? parts.last;
  // Whoever ran a killed LP is asked for just then.
  const ranHere = parts.latch !== null && parts.last !== null;
  const stored = record?.config.valid === true ? record.config.value : null;
  const config = run?.config ?? stored;
  const state = stateOf(parts);
  return {
    provider,
    state,
    status: status.value,
    reason: status.reason,
    statusAtMs: status.atMs,
    trouble: parts.trouble,
    problems: record === null ? [] : problemsOf(record),
    host: config?.host ?? '',
    port: config?.port ?? 0,
    senderCompId: config?.senderCompId ?? '',
    targetCompId: config?.targetCompId ?? '',
    heartBtInt: config?.heartBtInt ?? 0,
    ssl: config?.ssl ?? false,
    cancelsOnDisconnect: config?.session.cancelsOnDisconnect ?? 'unknown',
    owner: parts.owned ? parts.consoleHost : (record?.owner ?? (ranHere ? parts.consoleHost : null)),
    silentOwner: state.kind === 'foreign' ? (record?.silentOwner ?? null) : null,
    loggedOnAtMs: run?.loggedOnAtMs ?? null,
    attempt: run?.attempt ?? 0,
    enginePid: run?.enginePid ?? null,
    tunnelPid: run?.tunnelPid ?? null,
    lane: run?.lane.view() ?? [],
    stats: live?.stats ?? null,
    statsAtMs: live?.statsAtMs ?? null,
    spark: run?.live.spark.values() ?? [],
    pendingConfig: run?.pendingConfig ?? false,
    engineMemoryMb: (config?.session ?? DEFAULT_SESSION).engineMemoryMb,
  };
}

function problemsOf({ config }: LpRecord): readonly ConfigProblem[] {
  if (!config.valid) return config.problems;
  return config.value.secretsToEnter.map((column) => ({ column, rule: ENTER_AGAIN }));
}

export function stateOf({ latch, run, idle, record }: Pick<ViewParts, 'latch' | 'run' | 'idle' | 'record'>): LpState {
  if (latch !== null) return { kind: 'killed', latch };
  if (run !== null) return run.state;
  if (idle.kind === 'foreign') return { kind: 'foreign', owner: record?.owner ?? record?.silentOwner?.name ?? 'another console' };
  return idle;
}
