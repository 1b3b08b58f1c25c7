import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import type { KillIncident, KillStepName, KillStepState, LpKill } from '../../contracts/kill.ts';
import type { KillLatch } from '../../contracts/lp-record.ts';
import type { StepObserver } from '../engine/teardown.ts';
import { alreadyKilled, begun, concluded, withStep } from './kill-record.ts';
import { latchKey } from './latch-file.ts';
import type { LatchStore, Refusal } from './latch-store.ts';

/** Incidents that are shown, and of those that are over all that this process remembers: the log of incidents has the others. */
const KEPT = 20;
const REARMED_KEPT = 1_000;
/** A disk that has not answered by then leaves the kill not confirmed until it does. */
const DISK_WITHIN_MS = 3_000;
const ON_ITS_WAY = 'in force; on its way to the disk';
/** Stands for the LPs that the database has not told since the start; no provider can have a name with spaces. */
export const NOT_KNOWN_YET = 'every LP not known yet';

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
  /** By `latchKey`: a row that was read before the re-arm must not kill again. */
  readonly #rearmed = new Set<string>();
  /** By incident: resolves when its latches stand on the disk. */
  readonly #onDisk = new Map<string, Promise<void>>();
  #tellingAll = false;

  constructor(clock: Clock, latches: LatchStore, announce: (incident: KillIncident) => void) {
    this.#clock = clock;
    this.#latches = latches;
    this.#announce = announce;
    latches.onRefused((refusal) => this.#refused(refusal));
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
   * Latches the providers that are not latched yet: in force when it returns, and on its way to the disk. A second press shows the incident
   * that is there, and tries at once what the disk has refused.
   *
   * @returns the incident, and the providers whose sessions must now be ended
   */
  begin(request: KillRequest): { readonly incident: KillIncident; readonly fresh: readonly string[] } {
    const { scope, by, reason, notKnownYet } = request;
    const providers = notKnownYet ? [...request.providers, NOT_KNOWN_YET] : request.providers;
    const fresh = providers.filter((provider) => this.latch(provider) === null || this.#rearming.delete(provider));
    if (fresh.length === 0) this.#latches.tryNow();
    const known = fresh.length === 0 ? this.#known(providers) : null;
    if (known !== null) return { incident: known, fresh };
    const latch = { incidentId: randomUUID(), by, reason, atMs: this.#clock.nowMs() };
    const lps = providers.map((provider) => {
      const before = fresh.includes(provider) ? null : this.latch(provider);
      return before === null ? null : alreadyKilled(provider, before, 'killed before');
    });
    const incident: KillIncident = {
      id: latch.incidentId,
      scope,
      by,
      reason,
      startedAtMs: latch.atMs,
      lps: providers.map((provider, index) => lps[index] ?? begun(provider)),
    };
    this.#set(incident);
    if (fresh.length > 0) this.#latch(fresh, latch);
    return { incident: this.incident(incident.id) ?? incident, fresh: fresh.filter((provider) => provider !== NOT_KNOWN_YET) };
  }

  /**
   * The database has told all its LPs: a latch that was set on those not known yet is now one on each of them.
   *
   * @param failed hears that the disk did not take the latch on all off: it holds, and the next call tries again
   * @returns the incident that killed them; null when there is none
   */
  nowKnown(providers: readonly string[], failed: (error: unknown) => void): KillIncident | null {
    const latches = this.#latches.all();
    const latch = latches.get(NOT_KNOWN_YET);
    if (latch === undefined || this.#tellingAll) return null;
    const killed = providers.filter((provider) => !latches.has(provider));
    this.#tellingAll = true;
    // Until each has a latch of its own on the disk, the one on all must stay there.
    this.#latches
      .set(killed, latch)
      .then(() => this.#latches.clear(NOT_KNOWN_YET, latch.incidentId))
      .finally(() => {
        this.#tellingAll = false;
      })
      .catch(failed);
    for (const provider of killed) this.#record(latch, alreadyKilled(provider, latch, 'killed before it was known'));
    const incident = this.incident(latch.incidentId);
    if (incident === null) return null;
    return this.#set({ ...incident, scope: 'all', lps: incident.lps.filter(({ provider }) => provider !== NOT_KNOWN_YET) });
  }

  /**
   * Takes over a latch that stands in the database, or that another program has put on this disk.
   *
   * @param running whether this console runs the LP and must now end its session
   */
  adopt(provider: string, latch: KillLatch, running: boolean): KillIncident {
    const lp = running ? begun(provider) : alreadyKilled(provider, latch, 'killed elsewhere; no session was running here');
    const incident = this.#record(latch, lp);
    this.#latch([provider], latch);
    return this.incident(incident.id) ?? incident;
  }

  /** Whether this latch is known to have been taken off since. */
  wasRearmed(provider: string, incidentId: string): boolean {
    return this.#rearmed.has(latchKey(provider, incidentId));
  }

  /** Resolves when the latches of an incident are on the disk. */
  onDisk(incidentId: string): Promise<void> {
    return this.#onDisk.get(incidentId) ?? Promise.resolve();
  }

  observer(incidentId: string, provider: string): StepObserver {
    return (name, state, text) => this.#step(incidentId, provider, name, state, text);
  }

  /** Resolves when the disk has taken the latch, has refused it, or was given up. */
  async diskAnswered(incidentId: string, provider: string): Promise<void> {
    const state = this.#lp(incidentId, provider)?.steps.find(({ name }) => name === 'latch')?.state;
    if (state === 'doing') await withDeadline(this.#clock, DISK_WITHIN_MS, this.onDisk(incidentId));
  }

  /** Ends the record of one LP. */
  conclude(incidentId: string, provider: string, gone: boolean): void {
    this.#update(incidentId, provider, (lp) => concluded(lp, gone));
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
   * @throws when the disk refuses or does not answer: it stays killed
   */
  async finishRearm(provider: string, incidentId: string): Promise<boolean> {
    if (!this.#rearming.has(provider)) return false;
    try {
      await this.release(provider, incidentId);
    } catch (error) {
      if (!this.#rearming.delete(provider)) return false;
      throw error;
    }
    return this.#rearming.delete(provider);
  }

  /** This latch was taken off the database, here or by another console. @throws when the disk refuses or does not answer: it stays killed */
  async release(provider: string, incidentId: string): Promise<void> {
    await this.#latches.clear(provider, incidentId);
    this.#rearmed.add(latchKey(provider, incidentId));
    const [oldest] = this.#rearmed;
    if (this.#rearmed.size > REARMED_KEPT && oldest !== undefined) this.#rearmed.delete(oldest);
  }

  /** In force at once. A disk that refuses or hangs must not stop a kill: the step says so. */
  #latch(providers: readonly string[], latch: KillLatch): void {
    for (const provider of providers) this.#step(latch.incidentId, provider, 'latch', 'doing', ON_ITS_WAY);
    const stands = this.#latches.set(providers, latch).then(() => {
      for (const provider of providers) this.#step(latch.incidentId, provider, 'latch', 'done', null);
    });
    const before = this.#onDisk.get(latch.incidentId) ?? Promise.resolve();
    this.#onDisk.set(
      latch.incidentId,
      Promise.all([before, stands]).then(() => undefined),
    );
  }

  #refused({ why, latches }: Refusal): void {
    const text = `not on disk: ${why}. It is in force, and is written as soon as the disk takes it`;
    for (const [provider, latch] of latches) this.#step(latch.incidentId, provider, 'latch', 'failed', text);
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
    this.#update(incidentId, provider, (lp) => withStep(lp, name, state, text, this.#clock.nowMs()));
  }

  #lp(incidentId: string, provider: string): LpKill | undefined {
    return this.incident(incidentId)?.lps.find((lp) => lp.provider === provider);
  }

  #update(incidentId: string, provider: string, change: (lp: LpKill) => LpKill): void {
    const incident = this.#incidents.get(incidentId);
    if (incident === undefined) return;
    this.#set({ ...incident, lps: incident.lps.map((lp) => (lp.provider === provider ? change(lp) : lp)) });
  }

  /** Adds one LP to the record of a kill that began elsewhere or before this start; one kill may have latched many. */
  #record(latch: KillLatch, lp: LpKill): KillIncident {
    const others = this.incident(latch.incidentId)?.lps.filter(({ provider }) => provider !== lp.provider) ?? [];
    const log = [...(this.#lp(latch.incidentId, lp.provider)?.log ?? []), ...lp.log];
    return this.#set({
      id: latch.incidentId,
      scope: others.length === 0 ? 'lp' : 'all',
      by: latch.by,
      reason: latch.reason,
      startedAtMs: latch.atMs,
      lps: [...others, { ...lp, log }],
    });
  }

  #set(incident: KillIncident): KillIncident {
    this.#incidents.set(incident.id, incident);
    if (this.#incidents.size > KEPT) this.#forget();
    this.#announce(incident);
    return incident;
  }

  /** What is in force or still running is remembered, however old. */
  #forget(): void {
    const inForce = new Set([...this.#latches.all().values()].map(({ incidentId }) => incidentId));
    const over = [...this.#incidents.keys()].filter((id) => !inForce.has(id) && this.settled(id));
    for (const id of over.slice(0, -KEPT)) {
      this.#incidents.delete(id);
      this.#onDisk.delete(id);
    }
  }
}
