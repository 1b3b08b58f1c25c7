import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import {
  KILL_STEPS,
  type KillIncident,
  type KillStep,
  type KillStepName,
  type KillStepState,
  type LpKill,
} from '../../contracts/kill.ts';
import type { KillLatch } from '../../contracts/lp-record.ts';
import type { StepObserver } from '../engine/teardown.ts';
import type { LatchStore } from './latch-store.ts';

const KEPT = 20;
/** Stands for the LPs that the database has not told since the start; no provider can have a name with spaces. */
const NOT_KNOWN_YET = 'every LP not known yet';

export interface KillRequest {
  readonly providers: readonly string[];
  readonly scope: 'lp' | 'all';
  readonly by: string;
  readonly reason: string;
  /** Also what the database has not told yet. */
  readonly notKnownYet: boolean;
}

/**
 * The kill latches and the record of each kill: what was done, step by step, with its time. It decides nothing about sessions;
 * it latches first, and then the controllers end theirs and report here.
 */
export class KillSwitch {
  readonly #clock: Clock;
  readonly #latches: LatchStore;
  readonly #announce: (incident: KillIncident) => void;
  /** Oldest first. */
  readonly #incidents = new Map<string, KillIncident>();
  /** LPs whose latch is just being taken off; a kill meanwhile counts as a new one. */
  readonly #rearming = new Set<string>();
  /** A row that was read before the re-arm must not kill again. */
  readonly #rearmed = new Set<string>();

  constructor(clock: Clock, latches: LatchStore, announce: (incident: KillIncident) => void) {
    this.#clock = clock;
    this.#latches = latches;
    this.#announce = announce;
    for (const [provider, latch] of latches.all())
      this.#record(latch, alreadyKilled(provider, latch, 'killed before this start'));
  }

  latch(provider: string): KillLatch | null {
    const latches = this.#latches.all();
    return latches.get(provider) ?? latches.get(NOT_KNOWN_YET) ?? null;
  }

  latched(): readonly string[] {
    return [...this.#latches.all().keys()].filter((provider) => provider !== NOT_KNOWN_YET);
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
    const { scope, by, reason, notKnownYet } = request;
    const providers = notKnownYet ? [...request.providers, NOT_KNOWN_YET] : request.providers;
    const fresh = providers.filter((provider) => this.latch(provider) === null || this.#rearming.delete(provider));
    const known = fresh.length === 0 ? this.#known(providers) : null;
    if (known !== null) return { incident: known, fresh };
    const latch = { incidentId: randomUUID(), by, reason, atMs: this.#clock.nowMs() };
    const lps = providers.map((provider) => {
      const before = fresh.includes(provider) ? null : this.latch(provider);
      return before === null ? null : alreadyKilled(provider, before, 'killed before');
    });
    const failure = fresh.length === 0 ? null : this.#latchOnDisk(fresh, latch);
    const incident: KillIncident = {
      id: latch.incidentId,
      scope,
      by,
      reason,
      startedAtMs: latch.atMs,
      lps: providers.map((provider, index) => lps[index] ?? begun(provider, this.#clock.nowMs(), failure)),
    };
    this.#set(incident);
    return { incident, fresh: fresh.filter((provider) => provider !== NOT_KNOWN_YET) };
  }

  /**
   * The database has told all its LPs: a latch that was set on those not known yet is now one on each of them.
   *
   * @returns the incident that killed them; null when there is none
   */
  nowKnown(providers: readonly string[]): KillIncident | null {
    const latches = this.#latches.all();
    const latch = latches.get(NOT_KNOWN_YET);
    if (latch === undefined) return null;
    const killed = providers.filter((provider) => !latches.has(provider));
    const failure = this.#latchOnDisk(killed, latch);
    // Until each has a latch of its own on the disk, the one on all must stay there.
    if (failure === null) this.#latches.clear(NOT_KNOWN_YET);
    for (const provider of killed) this.#record(latch, alreadyKilled(provider, latch, 'killed before it was known'));
    const incident = this.incident(latch.incidentId);
    if (incident === null) return null;
    return this.#set({ ...incident, scope: 'all', lps: incident.lps.filter(({ provider }) => provider !== NOT_KNOWN_YET) });
  }

  /**
   * Takes over a latch that stands in the database.
   *
   * @param running whether this console runs the LP and must now end its session
   */
  adopt(provider: string, latch: KillLatch, running: boolean): KillIncident {
    const failure = this.#latchOnDisk([provider], latch);
    const lp = running
      ? begun(provider, this.#clock.nowMs(), failure)
      : alreadyKilled(provider, latch, 'killed in the database; no session was running here');
    return this.#record(latch, lp);
  }

  /** Whether the database's latch of this incident is known to have been taken off since. */
  wasRearmed(incidentId: string): boolean {
    return this.#rearmed.has(incidentId);
  }

  observer(incidentId: string, provider: string): StepObserver {
    return (name, state, text) => this.#step(incidentId, provider, name, state, text);
  }

  /** Ends the record of one LP. */
  conclude(incidentId: string, provider: string, gone: boolean): void {
    this.#update(incidentId, provider, (lp) => {
      const latched = lp.steps.find((step) => step.name === 'latch')?.state === 'done';
      return { ...lp, outcome: gone && latched ? 'confirmed' : 'not-confirmed' };
    });
  }

  settled(incidentId: string): boolean {
    return this.incident(incidentId)?.lps.every((lp) => lp.outcome !== 'running') ?? true;
  }

  /** Whether the session of a killed LP is still being ended. */
  running(provider: string): boolean {
    const lps = this.incident(this.latch(provider)?.incidentId ?? '')?.lps ?? [];
    return lps.some((lp) => lp.provider === provider && lp.outcome === 'running');
  }

  auditWritten(incidentId: string, error: string | null): void {
    for (const lp of this.incident(incidentId)?.lps ?? []) {
      this.#step(incidentId, lp.provider, 'audit-written', error === null ? 'done' : 'deferred', error);
    }
  }

  rearming(provider: string): boolean {
    return this.#rearming.has(provider);
  }

  beginRearm(provider: string): void {
    this.#rearming.add(provider);
  }

  abandonRearm(provider: string): void {
    this.#rearming.delete(provider);
  }

  /**
   * Takes the latch off this disk; it is off the database already.
   *
   * @returns false when it was killed again meanwhile: then it stays killed
   * @throws when the disk refuses: it stays killed
   */
  finishRearm(provider: string): boolean {
    if (!this.#rearming.delete(provider)) return false;
    this.release(provider);
    return true;
  }

  /** The latch was taken off the database, here or by another console. @throws when the disk refuses: it stays killed */
  release(provider: string): void {
    const latch = this.latch(provider);
    this.#latches.clear(provider);
    if (latch !== null) this.#rearmed.add(latch.incidentId);
  }

  /** A disk that refuses must not stop a kill: the latch holds in memory and in the database, and the step says so. */
  #latchOnDisk(providers: readonly string[], latch: KillLatch): string | null {
    try {
      this.#latches.set(providers, latch);
      return null;
    } catch (error) {
      return `not on disk: ${messageOf(error)}`;
    }
  }

  /** The incident in which all of them were killed, or the latest that shows all of them as killed. */
  #known(providers: readonly string[]): KillIncident | null {
    const ids = new Set(providers.map((provider) => this.latch(provider)?.incidentId));
    const [id] = ids;
    const own = ids.size === 1 && id !== undefined ? this.incident(id) : null;
    if (own !== null) return own;
    const latched = (incident: KillIncident): boolean =>
      providers.every((provider) => incident.lps.some((lp) => lp.provider === provider)) &&
      providers.every((provider) => (this.latch(provider)?.atMs ?? 0) <= incident.startedAtMs);
    return [...this.#incidents.values()].reverse().find(latched) ?? null;
  }

  #step(incidentId: string, provider: string, name: KillStepName, state: KillStepState, text: string | null): void {
    const atMs = state === 'waiting' || state === 'doing' ? null : this.#clock.nowMs();
    this.#update(incidentId, provider, (lp) => ({
      ...lp,
      steps: lp.steps.map((step) => (step.name === name ? { name, state, text, atMs } : step)),
    }));
  }

  #update(incidentId: string, provider: string, change: (lp: LpKill) => LpKill): void {
    const incident = this.#incidents.get(incidentId);
    if (incident === undefined) return;
    this.#set({ ...incident, lps: incident.lps.map((lp) => (lp.provider === provider ? change(lp) : lp)) });
  }

  /** Adds one LP to the record of a kill that began elsewhere or before this start; one kill may have latched many. */
  #record(latch: KillLatch, lp: LpKill): KillIncident {
    const others = this.incident(latch.incidentId)?.lps.filter(({ provider }) => provider !== lp.provider) ?? [];
    return this.#set({
      id: latch.incidentId,
      scope: others.length === 0 ? 'lp' : 'all',
      by: latch.by,
      reason: latch.reason,
      startedAtMs: latch.atMs,
      lps: [...others, lp],
    });
  }

  #set(incident: KillIncident): KillIncident {
    this.#incidents.set(incident.id, incident);
    this.#announce(incident);
    return incident;
  }
}

function begun(provider: string, atMs: number, failure: string | null): LpKill {
  const steps = KILL_STEPS.map((name): KillStep => {
    if (name !== 'latch') return { name, state: 'waiting', atMs: null, text: null };
    return { name, state: failure === null ? 'done' : 'failed', atMs, text: failure };
  });
  return { provider, outcome: 'running', steps };
}

function alreadyKilled(provider: string, latch: KillLatch, text: string): LpKill {
  const steps = KILL_STEPS.map((name): KillStep => ({ name, state: 'skipped', atMs: latch.atMs, text }));
  return { provider, outcome: 'confirmed', steps };
}
