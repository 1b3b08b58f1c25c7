import { randomUUID } from 'node:crypto';
import type { Clock } from '../contracts/clock.ts';
import {
  KILL_STEPS,
  type KillIncident,
  type KillStep,
  type KillStepName,
  type KillStepState,
  type LpKill,
} from '../contracts/kill.ts';
import type { KillLatch } from '../contracts/lp-record.ts';
import type { LatchStore } from './ports.ts';
import type { StepObserver } from './teardown.ts';

const KEPT = 20;

export interface KillRequest {
  readonly providers: readonly string[];
  readonly scope: 'lp' | 'all';
  readonly by: string;
  readonly reason: string;
}

/**
 * The kill latches and the record of each kill: what was done, step by step, with its time. It decides nothing about sessions;
 * it latches first, and then the controllers end theirs and report here.
 */
export class KillSwitch {
  readonly #clock: Clock;
  readonly #latches: LatchStore;
  readonly #announce: (incident: KillIncident) => void;
  readonly #incidents = new Map<string, KillIncident>();

  constructor(clock: Clock, latches: LatchStore, announce: (incident: KillIncident) => void) {
    this.#clock = clock;
    this.#latches = latches;
    this.#announce = announce;
  }

  latch(provider: string): KillLatch | null {
    return this.#latches.all().get(provider) ?? null;
  }

  latched(): readonly string[] {
    return [...this.#latches.all().keys()];
  }

  /** Newest first. */
  incidents(): readonly KillIncident[] {
    return [...this.#incidents.values()].reverse().slice(0, KEPT);
  }

  incident(id: string): KillIncident | null {
    return this.#incidents.get(id) ?? null;
  }

  /**
   * Latches the providers that are not latched yet, on disk, before it returns. A second press shows the incident that is there.
   *
   * @returns the incident, and the providers whose sessions must now be ended
   */
  begin(request: KillRequest): { readonly incident: KillIncident; readonly fresh: readonly string[] } {
    const fresh = request.providers.filter((provider) => this.latch(provider) === null);
    if (fresh.length === 0) return { incident: this.#known(request), fresh };
    const id = randomUUID();
    const atMs = this.#clock.nowMs();
    const failure = this.#latchOnDisk(fresh, { incidentId: id, by: request.by, reason: request.reason, atMs });
    const incident: KillIncident = {
      id,
      scope: request.scope,
      by: request.by,
      reason: request.reason,
      startedAtMs: atMs,
      lps: request.providers.map((provider) =>
        fresh.includes(provider) ? begun(provider, this.#clock.nowMs(), failure) : alreadyKilled(provider, atMs),
      ),
    };
    this.#incidents.set(id, incident);
    this.#announce(incident);
    return { incident, fresh };
  }

  /** Takes over a latch that another console set in the database. */
  adopt(provider: string, latch: KillLatch): KillIncident {
    const failure = this.#latchOnDisk([provider], latch);
    const incident: KillIncident = {
      id: latch.incidentId,
      scope: 'lp',
      by: latch.by,
      reason: latch.reason,
      startedAtMs: latch.atMs,
      lps: [begun(provider, this.#clock.nowMs(), failure)],
    };
    this.#incidents.set(incident.id, incident);
    this.#announce(incident);
    return incident;
  }

  observer(incidentId: string, provider: string): StepObserver {
    return (name, state, text) => this.#step(incidentId, provider, name, state, text);
  }

  /** Ends the record of one LP: steps that nobody reported were done by an end that was already under way. */
  conclude(incidentId: string, provider: string, gone: boolean): void {
    this.#update(incidentId, provider, (lp) => {
      const steps = lp.steps.map((step) =>
        step.state === 'waiting' && step.name !== 'audit-written' && step.name !== 'event-published'
          ? { ...step, state: 'done' as const, atMs: this.#clock.nowMs(), text: 'by the logout that was under way' }
          : step,
      );
      const latched = steps.find((step) => step.name === 'latch')?.state === 'done';
      return { ...lp, steps, outcome: gone && latched ? 'confirmed' : 'not-confirmed' };
    });
  }

  settled(incidentId: string): boolean {
    return this.incident(incidentId)?.lps.every((lp) => lp.outcome !== 'running') ?? true;
  }

  auditWritten(incidentId: string, error: string | null): void {
    for (const lp of this.incident(incidentId)?.lps ?? []) {
      this.#step(incidentId, lp.provider, 'audit-written', error === null ? 'done' : 'deferred', error);
    }
  }

  rearm(provider: string): void {
    this.#latches.clear(provider);
  }

  /** A disk that refuses must not stop a kill: the latch holds in memory and in the database, and the step says so. */
  #latchOnDisk(providers: readonly string[], latch: KillLatch): string | null {
    try {
      this.#latches.set(providers, latch);
      return null;
    } catch (error) {
      return `not on disk: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  #known(request: KillRequest): KillIncident {
    const running = this.incidents().find(
      (incident) =>
        incident.scope === request.scope && request.providers.every((p) => incident.lps.some((lp) => lp.provider === p)),
    );
    if (running !== undefined) return running;
    const latch = request.providers.map((provider) => this.latch(provider)).find((found) => found !== null);
    const own = latch === undefined || latch === null ? null : this.incident(latch.incidentId);
    if (own !== null) return own;
    return {
      id: latch?.incidentId ?? randomUUID(),
      scope: request.scope,
      by: latch?.by ?? request.by,
      reason: latch?.reason ?? request.reason,
      startedAtMs: latch?.atMs ?? this.#clock.nowMs(),
      lps: request.providers.map((provider) => alreadyKilled(provider, this.latch(provider)?.atMs ?? this.#clock.nowMs())),
    };
  }

  #step(incidentId: string, provider: string, name: KillStepName, state: KillStepState, text: string | null): void {
    this.#update(incidentId, provider, (lp) => ({
      ...lp,
      steps: lp.steps.map((step) =>
        step.name === name
          ? { name, state, text, atMs: state === 'waiting' || state === 'doing' ? null : this.#clock.nowMs() }
          : step,
      ),
    }));
  }

  #update(incidentId: string, provider: string, change: (lp: LpKill) => LpKill): void {
    const incident = this.#incidents.get(incidentId);
    if (incident === undefined) return;
    const updated = { ...incident, lps: incident.lps.map((lp) => (lp.provider === provider ? change(lp) : lp)) };
    this.#incidents.set(incidentId, updated);
    this.#announce(updated);
  }
}

function begun(provider: string, atMs: number, failure: string | null): LpKill {
  const steps = KILL_STEPS.map((name): KillStep => ({ name, state: 'waiting', atMs: null, text: null }));
  const [latch, ...rest] = steps;
  if (latch === undefined) throw new Error('a kill has steps');
  return {
    provider,
    outcome: 'running',
    steps: [{ ...latch, state: failure === null ? 'done' : 'failed', atMs, text: failure }, ...rest],
  };
}

function alreadyKilled(provider: string, atMs: number): LpKill {
  const steps = KILL_STEPS.map((name): KillStep => ({ name, state: 'skipped', atMs, text: 'killed before' }));
  return { provider, outcome: 'confirmed', steps };
}
