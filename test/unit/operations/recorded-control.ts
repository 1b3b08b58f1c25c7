import type { KillIncident } from '../../../main/contracts/kill.ts';
import type { ConfirmedGone } from '../../../main/contracts/lp-record.ts';
import type { LpView, TimelineEvent } from '../../../main/contracts/lp-view.ts';
import { ok, type Result } from '../../../main/contracts/result.ts';
import type { KilledSession, SessionControl } from '../../../main/sessions/session-control.ts';

/** Stands where the Session Manager does: notes what it is asked, answers what the test sets, announces what the test says. */
export class RecordedControl implements SessionControl {
  readonly calls: string[] = [];
  readonly lps = new Map<string, LpView>();
  readonly known: KillIncident[] = [];
  readonly audited: [string, string | null][] = [];
  /** What every action answers with. */
  answer: () => Promise<Result<null>> = async () => ok(null);
  killAnswer: (() => Result<KillIncident>) | null = null;
  events: TimelineEvent[] = [];
  readonly viewListeners = new Set<(providers: readonly string[]) => void>();
  readonly incidentListeners = new Set<(incident: KillIncident) => void>();
  readonly timelineListeners = new Set<(event: TimelineEvent) => void>();
  readonly evidenceListeners = new Set<(killed: KilledSession) => void>();
  readonly settledListeners = new Set<(incident: KillIncident) => void>();

  constructor(...views: LpView[]) {
    for (const view of views) this.lps.set(view.provider, view);
  }

  view = (provider: string) => this.lps.get(provider) ?? null;
  views = () => [...this.lps.values()];
  timeline = (provider: string, limit: number) => this.events.filter((event) => event.provider === provider).slice(-limit);
  incidents = () => this.known;

  activate = (provider: string) => this.#do('activate', provider);
  deactivate = (provider: string, text: string) => this.#do('deactivate', provider, text);
  restart = (provider: string) => this.#do('restart', provider);
  rearm = (provider: string) => this.#do('rearm', provider);
  takeOver = async (provider: string, by: string): Promise<Result<ConfirmedGone>> => {
    const result = await this.#do('take-over', provider, by);
    return result.ok ? ok({ console: 'desk-9/1', lps: ['LP-A', 'LP-B'] }) : result;
  };
  setSequence = (provider: string, nextIn: number | null, nextOut: number | null) =>
    this.#do('set-sequence', provider, nextIn, nextOut);
  resetSequence = (provider: string) => this.#do('reset-sequence', provider);
  testRequest = (provider: string) => this.#do('test-request', provider);
  resendRequest = (provider: string, from: number) => this.#do('resend-request', provider, from);
  refresh = async (provider: string) => {
    this.calls.push(`refresh ${provider}`);
  };

  kill = (providers: readonly string[], scope: 'lp' | 'all', by: string, reason: string): Result<KillIncident> => {
    this.calls.push(['kill', ...providers, scope, by, reason].join(' '));
    if (this.killAnswer !== null) return this.killAnswer();
    const incident = incidentOf(`incident-${this.known.length + 1}`, scope, by, reason, providers, 'running');
    this.known.unshift(incident);
    return ok(incident);
  };
  killSettled = async (incidentId: string) => {
    const incident = this.known.find(({ id }) => id === incidentId);
    if (incident === undefined) throw new Error(`no incident ${incidentId}`);
    return incident;
  };
  auditWritten = (incidentId: string, error: string | null) => {
    this.audited.push([incidentId, error]);
  };

  onViews = (listener: (providers: readonly string[]) => void) => subscribe(this.viewListeners, listener);
  onIncident = (listener: (incident: KillIncident) => void) => subscribe(this.incidentListeners, listener);
  onTimeline = (listener: (event: TimelineEvent) => void) => subscribe(this.timelineListeners, listener);
  onEvidence = (listener: (killed: KilledSession) => void) => subscribe(this.evidenceListeners, listener);
  onKillSettled = (listener: (incident: KillIncident) => void) => subscribe(this.settledListeners, listener);

  settle(incident: KillIncident): void {
    for (const listener of this.settledListeners) listener(incident);
  }

  #do(...call: unknown[]): Promise<Result<null>> {
    this.calls.push(call.join(' '));
    return this.answer();
  }
}

export function incidentOf(
  id: string,
  scope: 'lp' | 'all',
  by: string,
  reason: string,
  providers: readonly string[],
  outcome: 'running' | 'confirmed' | 'not-confirmed',
): KillIncident {
  const lps = providers.map((provider) => ({ provider, steps: [], log: [], outcome }));
  return { id, scope, by, reason, startedAtMs: 1_800_000_000_000, lps };
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
