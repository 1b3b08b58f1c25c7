import type { ConsoleDelta, ConsoleSnapshot } from '../../main/contracts/ipc.ts';
import type { KillIncident } from '../../main/contracts/kill.ts';
import type { Health, LpView } from '../../main/contracts/lp-view.ts';

/** What the main process says: a snapshot and the deltas since. */
export interface Mirror {
  /** Counter of the last delta that is in here; null before the first snapshot. */
  readonly counter: number | null;
  /** Main process' clock minus ours, ms. */
  readonly offsetMs: number;
  /** When the main process was last heard, our clock, epoch ms. */
  readonly heardAtMs: number;
  readonly host: string;
  readonly version: string;
  readonly lps: Readonly<Record<string, LpView>>;
  readonly health: Health | null;
  /** Newest first, at most 20. */
  readonly incidents: readonly KillIncident[];
}

/** The main process' clock when it was last heard, epoch ms. */
export const heardNow = ({ heardAtMs, offsetMs }: Mirror): number => heardAtMs + offsetMs;

export const EMPTY_MIRROR: Mirror = {
  counter: null,
  offsetMs: 0,
  heardAtMs: 0,
  host: '',
  version: '',
  lps: {},
  health: null,
  incidents: [],
};

const INCIDENTS_KEPT = 20;

export function applySnapshot(snapshot: ConsoleSnapshot, receivedAtMs: number): Mirror {
  return {
    counter: snapshot.counter,
    offsetMs: snapshot.nowMs - receivedAtMs,
    heardAtMs: receivedAtMs,
    host: snapshot.host,
    version: snapshot.version,
    lps: Object.fromEntries(snapshot.lps.map((lp) => [lp.provider, lp])),
    health: snapshot.health,
    incidents: snapshot.incidents,
  };
}

/**
 * The mirror after a delta. A delta that the mirror already contains changes nothing; one that does not follow the last is
 * answered by 'gap': the caller asks for a snapshot.
 */
export function applyDelta(mirror: Mirror, delta: ConsoleDelta, receivedAtMs: number): Mirror | 'gap' {
  if (mirror.counter === null) return 'gap';
  if (delta.counter <= mirror.counter) return mirror;
  if (delta.counter !== mirror.counter + 1) return 'gap';
  return {
    ...mirror,
    counter: delta.counter,
    offsetMs: nextOffset(mirror.offsetMs, delta.nowMs - receivedAtMs),
    heardAtMs: receivedAtMs,
    lps: mergeLps(mirror.lps, delta.lps, delta.removed),
    health: delta.health ?? mirror.health,
    incidents: delta.incidents.length === 0 ? mirror.incidents : mergeIncidents(mirror.incidents, delta.incidents),
  };
}

/** A late delta makes the other clock look behind: the fastest one tells the truth, and a real drift is followed slowly. */
function nextOffset(oldMs: number, measuredMs: number): number {
  const change = measuredMs - oldMs;
  return change >= 0 || change < -2_000 ? measuredMs : oldMs + change * 0.05;
}

function mergeLps(
  lps: Readonly<Record<string, LpView>>,
  changed: readonly LpView[],
  removed: readonly string[],
): Readonly<Record<string, LpView>> {
  if (changed.length === 0 && removed.length === 0) return lps;
  const next = { ...lps };
  for (const lp of changed) next[lp.provider] = lp;
  for (const provider of removed) delete next[provider];
  return next;
}

function mergeIncidents(old: readonly KillIncident[], changed: readonly KillIncident[]): readonly KillIncident[] {
  const ids = new Set(changed.map((incident) => incident.id));
  return [...changed, ...old.filter((incident) => !ids.has(incident.id))]
    .sort((a, b) => b.startedAtMs - a.startedAtMs)
    .slice(0, INCIDENTS_KEPT);
}
