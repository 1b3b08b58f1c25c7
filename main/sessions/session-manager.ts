import type { Clock } from '../contracts/clock.ts';
import type { EngineSettings } from '../contracts/engine-protocol.ts';
import type { KillIncident } from '../contracts/kill.ts';
import type { LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { LpRecord } from '../contracts/lp-record.ts';
import type { LpView, TimelineEvent } from '../contracts/lp-view.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import type { SessionControl } from './control.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { KillSwitch } from './kill-switch.ts';
import { LpController } from './lp-controller.ts';
import type { EngineLauncher, EventConfirmation, EventLog, LatchStore, LpStore, Ownership, TunnelManager } from './ports.ts';

export interface SessionManagerDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: LpStore;
  readonly ownership: Ownership;
  readonly launcher: EngineLauncher;
  readonly tunnels: TunnelManager;
  readonly latches: LatchStore;
  readonly confirmation: EventConfirmation;
  readonly eventLog: EventLog;
  /** Host name of this console as other consoles see it. */
  readonly consoleHost: string;
  readonly engineSettings: (config: LpConfig, credentials: LpCredentials) => EngineSettings;
  /** The database refused or is away; what was to be written is kept and repeated. */
  readonly databaseError: (error: unknown) => void;
}

/** Discovers the LPs, runs those that are wanted and owned, and is the one door for everything an operator does to a session. */
export class SessionManager implements SessionControl {
  readonly #deps: SessionManagerDeps;
  readonly #kills: KillSwitch;
  readonly #controllers = new Map<string, LpController>();
  readonly #viewListeners = new Set<(providers: readonly string[]) => void>();
  readonly #incidentListeners = new Set<(incident: KillIncident) => void>();
  readonly #timelineListeners = new Set<(event: TimelineEvent) => void>();
  readonly #settledListeners = new Set<(incident: KillIncident) => void>();
  readonly #unsubscribe: (() => void)[] = [];
  #stopping = false;

  constructor(deps: SessionManagerDeps) {
    this.#deps = deps;
    this.#kills = new KillSwitch(deps.clock, deps.latches, (incident) => {
      for (const listener of this.#incidentListeners) listener(incident);
    });
    // Killed LPs are known and shown before any database answers.
    for (const provider of this.#kills.latched()) this.#controller(provider);
  }

  /** Subscribes to changes and runs what is wanted; LPs appear as soon as the database answers. */
  async start(): Promise<void> {
    this.#unsubscribe.push(this.#deps.store.onChange((provider) => void this.#onRowChanged(provider)));
    this.#unsubscribe.push(
      this.#deps.ownership.onLost(() => {
        for (const controller of this.#controllers.values()) controller.ownershipLost();
      }),
    );
    await this.#onRowChanged(null);
  }

  /** Logs every session out; desired states stay, so that the next start brings them back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await Promise.all([...this.#controllers.values()].map((controller) => controller.shutdown()));
  }

  view(provider: string): LpView | null {
    return this.#controllers.get(provider)?.view() ?? null;
  }

  views(): readonly LpView[] {
    return [...this.#controllers.values()].map((controller) => controller.view());
  }

  timeline(provider: string, limit: number): readonly TimelineEvent[] {
    return this.#controllers.get(provider)?.timeline.latest(limit) ?? [];
  }

  incidents(): readonly KillIncident[] {
    return this.#kills.incidents();
  }

  async activate(provider: string): Promise<Result<null>> {
    return this.#withRecord(provider, (record) => this.#controller(provider).activate(record));
  }

  async deactivate(provider: string, text: string): Promise<Result<null>> {
    const controller = this.#controllers.get(provider);
    return controller === undefined ? unknown(provider) : controller.deactivate(text);
  }

  async restart(provider: string): Promise<Result<null>> {
    const controller = this.#controllers.get(provider);
    return controller === undefined ? unknown(provider) : controller.restart();
  }

  kill(providers: readonly string[], scope: 'lp' | 'all', by: string, reason: string): Result<KillIncident> {
    const stranger = providers.find((provider) => !this.#controllers.has(provider));
    if (stranger !== undefined) return unknown(stranger);
    if (providers.length === 0) return fail('user', 'nothing-to-kill', 'There is no LP to kill.');
    const { incident, fresh } = this.#kills.begin({ providers, scope, by, reason });
    for (const provider of fresh) void this.#kill(incident, provider);
    return ok(incident);
  }

  killSettled(incidentId: string): Promise<KillIncident> {
    const known = this.#kills.incident(incidentId);
    if (known === null) return Promise.reject(new Error(`no kill incident ${incidentId}`));
    if (this.#kills.settled(incidentId)) return Promise.resolve(known);
    return new Promise((resolve) => {
      const done = this.onKillSettled((incident) => {
        if (incident.id !== incidentId) return;
        done();
        resolve(incident);
      });
    });
  }

  onKillSettled(listener: (incident: KillIncident) => void): () => void {
    return subscribe(this.#settledListeners, listener);
  }

  auditWritten(incidentId: string, error: string | null): void {
    this.#kills.auditWritten(incidentId, error);
  }

  async rearm(provider: string): Promise<Result<null>> {
    const controller = this.#controllers.get(provider);
    if (controller === undefined) return unknown(provider);
    if (this.#kills.latch(provider) === null) return fail('user', 'not-killed', `${provider} is not killed.`);
    try {
      // The database first: a latch cleared on disk alone would come back from there.
      await this.#deps.store.setDesired(provider, 'inactive');
      await this.#deps.store.setKillLatch(provider, null);
    } catch (error) {
      this.#deps.databaseError(error);
      return databaseAway(`${provider} stays killed`);
    }
    this.#kills.rearm(provider);
    controller.rearmed();
    await this.refresh(provider);
    return ok(null);
  }

  setSequence(provider: string, nextIn: number | null, nextOut: number | null): Promise<Result<null>> {
    return this.#ask(provider, false, (engine) => engine.ask({ type: 'set-sequence', nextIn, nextOut }));
  }

  resetSequence(provider: string): Promise<Result<null>> {
    return this.#ask(provider, false, (engine) => engine.ask({ type: 'reset-sequence' }));
  }

  testRequest(provider: string): Promise<Result<null>> {
    return this.#ask(provider, true, (engine) => engine.ask({ type: 'test-request' }));
  }

  resendRequest(provider: string, from: number): Promise<Result<null>> {
    return this.#ask(provider, true, (engine) => engine.ask({ type: 'resend-request', from }));
  }

  async refresh(provider: string): Promise<void> {
    await this.#onRowChanged(provider);
  }

  onViews(listener: (providers: readonly string[]) => void): () => void {
    return subscribe(this.#viewListeners, listener);
  }

  onIncident(listener: (incident: KillIncident) => void): () => void {
    return subscribe(this.#incidentListeners, listener);
  }

  onTimeline(listener: (event: TimelineEvent) => void): () => void {
    return subscribe(this.#timelineListeners, listener);
  }

  async #kill(incident: KillIncident, provider: string): Promise<void> {
    const latch = this.#kills.latch(provider) ?? {
      incidentId: incident.id,
      by: incident.by,
      reason: incident.reason,
      atMs: incident.startedAtMs,
    };
    let gone = false;
    try {
      gone = await this.#controller(provider).kill(latch, this.#kills.observer(incident.id, provider));
    } finally {
      this.#kills.conclude(incident.id, provider, gone);
      const now = this.#kills.incident(incident.id);
      if (now !== null && this.#kills.settled(incident.id)) for (const listener of [...this.#settledListeners]) listener(now);
    }
  }

  async #ask(
    provider: string,
    whileLoggedOn: boolean,
    question: (engine: EngineSupervisor) => Promise<Result<number | null>>,
  ): Promise<Result<null>> {
    const controller = this.#controllers.get(provider);
    if (controller === undefined) return unknown(provider);
    const { engine } = controller;
    if (engine === null) return fail('user', 'not-active', `${provider} has no engine running; activate it first.`);
    if (controller.loggedOn !== whileLoggedOn) {
      return whileLoggedOn
        ? fail('user', 'not-logged-on', `${provider} is not logged on.`)
        : fail('user', 'logged-on', `${provider} is logged on: its numbers can be set only while it is not.`);
    }
    const answer = await question(engine);
    return answer.ok ? ok(null) : answer;
  }

  async #withRecord(provider: string, act: (record: LpRecord) => Promise<Result<null>>): Promise<Result<null>> {
    let record: LpRecord | null;
    try {
      record = await this.#deps.store.get(provider);
    } catch (error) {
      this.#deps.databaseError(error);
      return databaseAway(`${provider} cannot be activated`);
    }
    return record === null ? unknown(provider) : act(record);
  }

  async #onRowChanged(provider: string | null): Promise<void> {
    if (this.#stopping) return;
    try {
      if (provider === null) await this.#takeAll(await this.#deps.store.list());
      else await this.#takeOne(provider, await this.#deps.store.get(provider));
    } catch (error) {
      // The watcher calls again when the database is back.
      this.#deps.databaseError(error);
    }
  }

  async #takeAll(records: readonly LpRecord[]): Promise<void> {
    const present = new Set(records.map((record) => record.provider));
    const gone = [...this.#controllers.keys()].filter((provider) => !present.has(provider));
    await Promise.all([
      ...records.map((record) => this.#takeOne(record.provider, record)),
      ...gone.map((provider) => this.#takeOne(provider, null)),
    ]);
  }

  async #takeOne(provider: string, record: LpRecord | null): Promise<void> {
    if (record === null) {
      await this.#remove(provider);
      return;
    }
    if (record.killed !== null && this.#kills.latch(provider) === null) {
      const incident = this.#kills.adopt(provider, record.killed);
      void this.#kill(incident, provider);
    }
    await this.#controller(provider).reconcile(record);
  }

  async #remove(provider: string): Promise<void> {
    const controller = this.#controllers.get(provider);
    // A latch outlives its row: an LP that is deleted and made again is still killed.
    if (controller === undefined || controller.record === null) return;
    await controller.remove();
    this.#controllers.delete(provider);
    this.#announceViews(provider);
  }

  #controller(provider: string): LpController {
    const known = this.#controllers.get(provider);
    if (known !== undefined) return known;
    const { clock, random, store, ownership, launcher, tunnels, confirmation, engineSettings, consoleHost, databaseError } =
      this.#deps;
    const controller = new LpController(provider, {
      clock,
      store,
      ownership,
      confirmation,
      run: { random, launcher, tunnels },
      engineSettings,
      consoleHost,
      latch: (name) => this.#kills.latch(name),
      changed: (name) => this.#announceViews(name),
      timeline: (event) => {
        this.#deps.eventLog.write(event);
        for (const listener of this.#timelineListeners) listener(event);
      },
      databaseError,
    });
    this.#controllers.set(provider, controller);
    return controller;
  }

  #announceViews(provider: string): void {
    for (const listener of this.#viewListeners) listener([provider]);
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const unknown = (provider: string): Result<never> =>
  fail('user', 'unknown-provider', `There is no LP named ${provider}.`, 'provider');

const databaseAway = (consequence: string): Result<never> =>
  fail('operational', 'database-away', `The database does not answer; ${consequence}. Try again when it is back.`);
