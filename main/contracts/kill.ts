/** The steps of a kill, in the order in which they are taken. */
export const KILL_STEPS = [
  'latch',
  'block-outbound',
  'status-zero',
  'logout',
  'socket-destroyed',
  'tunnel-stopped',
  'engine-stopped',
  'event-published',
  'audit-written',
] as const;

export type KillStepName = (typeof KILL_STEPS)[number];

/** deferred: the database is away; the step is done when it is back, and the kill does not wait for it. */
export type KillStepState = 'waiting' | 'doing' | 'done' | 'skipped' | 'deferred' | 'failed';

export interface KillStep {
  readonly name: KillStepName;
  readonly state: KillStepState;
  /** When it ended, epoch ms; null while waiting or doing. */
  readonly atMs: number | null;
  readonly text: string | null;
}

/** What was done or found, in the order in which it was. */
interface KillLogEntry {
  readonly atMs: number;
  readonly step: KillStepName;
  readonly state: KillStepState;
  readonly text: string | null;
}

export interface LpKill {
  readonly provider: string;
  /** How each step stands. What is done stays done, whatever a later attempt says. */
  readonly steps: readonly KillStep[];
  /** Only grows. */
  readonly log: readonly KillLogEntry[];
  /**
   * confirmed: latched on disk, and socket, tunnel and engine are known to be gone; final. not-confirmed becomes confirmed when what was
   * missing is done after all.
   */
  readonly outcome: 'running' | 'confirmed' | 'not-confirmed';
}

export interface KillIncident {
  readonly id: string;
  readonly scope: 'lp' | 'all';
  readonly by: string;
  readonly reason: string;
  readonly startedAtMs: number;
  readonly lps: readonly LpKill[];
}
