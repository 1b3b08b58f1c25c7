import type { KillIncident } from '../contracts/kill.ts';
import type { ConfirmedGone } from '../contracts/lp-record.ts';
import type { LpView, TimelineEvent } from '../contracts/lp-view.ts';
import type { Result } from '../contracts/result.ts';
import type { KillEvidence } from '../contracts/stored-incident.ts';

/** What is known of a session that an incident ends, or has ended. */
export interface KilledSession {
  readonly incidentId: string;
  readonly evidence: KillEvidence;
}

/** What operations, IPC and the admin API use of the Session Manager. */
export interface SessionControl {
  view(provider: string): LpView | null;
  views(): readonly LpView[];
  timeline(provider: string, limit: number): readonly TimelineEvent[];
  incidents(): readonly KillIncident[];

  /** Sets the desired state to active and starts (an LP that runs is first stopped gracefully). Needs the database. */
  activate(provider: string): Promise<Result<null>>;
  /** Logs out and stops engine and tunnel; resolves when they are gone. Works without the database (the desired state follows). */
  deactivate(provider: string, text: string): Promise<Result<null>>;
  restart(provider: string): Promise<Result<null>>;
  /** In force when it returns; the disk, and the rest, go on by itself and is seen in the incident. Idempotent: a second kill answers with the first incident. */
  kill(providers: readonly string[], scope: 'lp' | 'all', by: string, reason: string): Result<KillIncident>;
  /** Resolves when every LP of the incident is confirmed or given up. */
  killSettled(incidentId: string): Promise<KillIncident>;
  /** Called once per incident when it has settled, so that the audit row can be written; `auditWritten` ends the incident's last step. */
  onKillSettled(listener: (incident: KillIncident) => void): () => void;
  /** Called at the press and again when the session has ended, for each that runs here. */
  onEvidence(listener: (killed: KilledSession) => void): () => void;
  auditWritten(incidentId: string, error: string | null): void;
  rearm(provider: string): Promise<Result<null>>;
  /** A person says that the silent console which owned the LP is gone: this one takes what it owned. Fails when none is waited for. */
  takeOver(provider: string, by: string): Promise<Result<ConfirmedGone>>;

  setSequence(provider: string, nextIn: number | null, nextOut: number | null): Promise<Result<null>>;
  resetSequence(provider: string): Promise<Result<null>>;
  testRequest(provider: string): Promise<Result<null>>;
  resendRequest(provider: string, from: number): Promise<Result<null>>;

  /** The configuration of an LP was saved, created or deleted: read it again now. */
  refresh(provider: string): Promise<void>;

  /** Announces that views (by provider), incidents or timelines changed. Returns the function that unsubscribes. */
  onViews(listener: (providers: readonly string[]) => void): () => void;
  onIncident(listener: (incident: KillIncident) => void): () => void;
  onTimeline(listener: (event: TimelineEvent) => void): () => void;
}
