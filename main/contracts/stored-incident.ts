import type { KillIncident } from './kill.ts';
import type { LiveStats } from './lp-view.ts';

/** Next expected inbound and next outbound MsgSeqNum. */
interface Numbers {
  readonly nextIn: number | null;
  readonly nextOut: number | null;
}

/** A message as the FIX log has it: passwords masked, SOH as on the wire. */
export interface LoggedMessage {
  readonly at: string;
  readonly direction: 'in' | 'out';
  readonly text: string;
}

/** What was known of the session that a kill ended. */
export interface KillEvidence {
  readonly provider: string;
  readonly loggedOnAtMs: number | null;
  readonly atPress: Numbers;
  /** Null while it is being ended. */
  readonly atEnd: Numbers | null;
  /** What was being asked for when it was killed; to 0: open end. */
  readonly gap: LiveStats['gap'];
  /** The last of each direction in the FIX log when the session had ended, oldest first; null: not read yet. */
  readonly messages: readonly LoggedMessage[] | null;
  /** Why the log could not be read. */
  readonly problem: string | null;
}

/** One console's part of a kill: a kill of LPs that several consoles run has as many. */
export interface StoredIncident {
  readonly console: string;
  readonly incident: KillIncident;
  readonly evidence: readonly KillEvidence[];
}

/** A line of the list of kills. */
export interface IncidentSummary {
  readonly id: string;
  readonly console: string;
  readonly scope: KillIncident['scope'];
  readonly by: string;
  readonly reason: string;
  readonly startedAtMs: number;
  readonly lps: readonly string[];
  /** Those that are not confirmed (yet). */
  readonly open: readonly string[];
}

/** Newest first. */
export interface IncidentList {
  /** False: the database is away, and these are the ones that this console still has itself. */
  readonly complete: boolean;
  readonly incidents: readonly IncidentSummary[];
}

export function summaryOf({ console, incident }: StoredIncident): IncidentSummary {
  const { id, scope, by, reason, startedAtMs, lps } = incident;
  const open = lps.filter(({ outcome }) => outcome !== 'confirmed');
  const names = (some: KillIncident['lps']): readonly string[] => some.map(({ provider }) => provider);
  return { id, console, scope, by, reason, startedAtMs, lps: names(lps), open: names(open) };
}
