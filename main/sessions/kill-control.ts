import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { messageOf } from '../base/errors.ts';
import type { KillIncident } from '../contracts/kill.ts';
import type { KillLatch, LpRecord } from '../contracts/lp-record.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import { KillSwitch, NOT_KNOWN_YET } from './kill/kill-switch.ts';
import type { LatchStore } from './kill/latch-store.ts';
import { databaseAway, killedAgain, unknownProvider } from './lp/failures.ts';
import type { LpController } from './lp/lp-controller.ts';

/** The LPs of this console. */
interface KnownLps {
  names(): readonly string[];
  find(provider: string): LpController | null;
  /** As `find`; one that was not known is known from now on. */
  get(provider: string): LpController;
  /** Reads the row of one LP, or of all (null), and acts on it. */
  read(provider: string | null): Promise<boolean>;
}

export interface KillControlDeps {
  readonly clock: Clock;
  readonly latches: LatchStore;
  readonly lps: KnownLps;
  /** The database, or the disk of a latch, did not do what was asked; it is asked again. */
  readonly databaseError: (error: unknown) => void;
  /** A listener failed. */
  readonly defect: (error: unknown) => void;
}

/** Kills and re-arms LPs: everything about a kill that is more than one session, and the latches of disk and database, which follow each other. */
export class KillControl {
  readonly changed: Emitter<KillIncident>;
  /** Once per incident. */
  readonly settled: Emitter<KillIncident>;
  readonly #deps: KillControlDeps;
  readonly #kills: KillSwitch;
  readonly #unsubscribe: () => void;
  /** Whether the database has told all its LPs since the start. */
  #allKnown = false;

  constructor(deps: KillControlDeps) {
    this.#deps = deps;
    this.changed = new Emitter(deps.defect);
    this.settled = new Emitter(deps.defect);
    this.#kills = new KillSwitch(deps.clock, deps.latches, this.changed.emit);
    this.#unsubscribe = deps.latches.onFound((latches) => this.#found(latches));
  }

  close(): void {
    this.#unsubscribe();
  }

  /** The LPs that are killed on this disk. */
  latched(): readonly string[] {
    return this.#kills.latched();
  }

  latch(provider: string): KillLatch | null {
    return this.#kills.latch(provider);
  }

  incidents(): readonly KillIncident[] {
    return this.#kills.incidents();
  }

  auditWritten(incidentId: string, error: string | null): void {
    this.#kills.auditWritten(incidentId, error);
  }

  /** As SessionControl has it. */
  kill(providers: readonly string[], scope: 'lp' | 'all', by: string, reason: string): Result<KillIncident> {
    const stranger = providers.find((provider) => this.#deps.lps.find(provider) === null);
    if (stranger !== undefined) return unknownProvider(stranger);
    // A console that started without its database does not know its LPs; it will, and then they must not start.
    const notKnownYet = scope === 'all' && !this.#allKnown;
    if (providers.length === 0 && !notKnownYet) return fail('user', 'nothing-to-kill', 'There is no LP to kill.');
    const seen = this.#kills.incidents();
    const { incident, fresh } = this.#kills.begin({ providers, scope, by, reason, notKnownYet });
    for (const name of fresh) void this.#kill(incident, name);
    // All of them were killed before, in different incidents: this press has a record of its own, which is complete at once.
    if (fresh.length === 0 && !seen.includes(incident)) this.#tellSettled(incident.id);
    return ok(incident);
  }

  killSettled(incidentId: string): Promise<KillIncident> {
    const known = this.#kills.incident(incidentId);
    if (known === null) return Promise.reject(new Error(`no kill incident ${incidentId}`));
    if (this.#kills.settled(incidentId)) return Promise.resolve(known);
    return new Promise((resolve) => {
      const done = this.settled.on((incident) => {
        if (incident.id !== incidentId) return;
        done();
        resolve(incident);
      });
    });
  }

  async rearm(provider: string): Promise<Result<null>> {
    const { lps } = this.#deps;
    const controller = lps.find(provider);
    if (controller === null) return unknownProvider(provider);
    const latch = this.#kills.latch(provider);
    if (latch === null) return fail('user', 'not-killed', `${provider} is not killed.`);
    if (this.#kills.running(provider))
      return fail('user', 'kill-running', `${provider} is still being killed; wait until every step of the kill is done.`);
    this.#kills.beginRearm(provider);
    // The database first: a latch cleared on disk alone would come back from there.
    const lifted = await controller.row.unlatch(latch.incidentId);
    if (lifted !== 'lifted') {
      this.#kills.abandonRearm(provider);
      if (lifted === 'away') return databaseAway(`${provider} stays killed`);
      await lps.read(provider);
      return killedAgain(provider);
    }
    try {
      if (!(await this.#kills.finishRearm(provider, latch.incidentId))) return killedAgain(provider);
    } catch (error) {
      const why = messageOf(error);
      return fail(
        'operational',
        'latch-on-disk',
        `The kill latch cannot be taken off this disk: ${why}. ${provider} stays killed.`,
      );
    }
    controller.rearmed('here');
    await lps.read(provider);
    return ok(null);
  }

  /** The database has told all its LPs: a kill of all before that holds for each of them. */
  allKnown(providers: readonly string[]): void {
    this.#allKnown = true;
    const incident = this.#kills.nowKnown(providers, this.#deps.databaseError);
    if (incident !== null) this.#tellSettled(incident.id);
  }

  /** The database's latch and this disk's follow each other: a kill from there holds here too, and so does a re-arm. */
  async follow(controller: LpController, { provider, killed, rearmed }: LpRecord): Promise<void> {
    const latch = this.#kills.latch(provider);
    if (this.#kills.rearming(provider)) return;
    if (killed !== null) {
      if (latch?.incidentId === killed.incidentId || this.#kills.wasRearmed(provider, killed.incidentId)) return;
      this.#adopt(controller, killed);
    } else if (latch !== null && rearmed.includes(latch.incidentId)) {
      try {
        await this.#kills.release(provider, latch.incidentId);
        controller.rearmed('elsewhere');
      } catch (error) {
        // It stays killed here; the next read tries again.
        this.#deps.databaseError(error);
      }
    }
  }

  /** A latch that was set elsewhere holds here from now on. */
  #adopt(controller: LpController, latch: KillLatch): void {
    const { provider, running } = controller;
    const ends = running && this.#kills.latch(provider) === null;
    const incident = this.#kills.adopt(provider, latch, ends);
    if (ends) void this.#kill(incident, provider);
  }

  /** Another program, as `vfxlp kill`, has put latches on this console's disk. */
  #found(latches: Readonly<Record<string, KillLatch>>): void {
    const { lps } = this.#deps;
    for (const [provider, latch] of Object.entries(latches)) {
      const all = provider === NOT_KNOWN_YET;
      for (const name of all ? lps.names() : [provider]) if (this.#kills.latch(name) === null) this.#adopt(lps.get(name), latch);
      // It holds until the database has told every LP, and each has a latch of its own.
      if (all) this.#kills.adopt(NOT_KNOWN_YET, latch, false);
      // The latch goes to the database too.
      void lps.read(all ? null : provider);
    }
  }

  async #kill({ id, by, reason, startedAtMs }: KillIncident, provider: string): Promise<void> {
    const latch: KillLatch = { incidentId: id, by, reason, atMs: startedAtMs };
    const observer = this.#kills.observer(id, provider);
    let gone = false;
    try {
      gone = await this.#deps.lps.get(provider).kill(latch, observer);
    } catch (error) {
      observer('engine-stopped', 'failed', messageOf(error));
    }
    await this.#kills.diskAnswered(id, provider);
    this.#kills.conclude(id, provider, gone);
    this.#tellSettled(id);
  }

  #tellSettled(incidentId: string): void {
    const incident = this.#kills.incident(incidentId);
    if (incident !== null && this.#kills.settled(incidentId)) this.settled.emit(incident);
  }
}
