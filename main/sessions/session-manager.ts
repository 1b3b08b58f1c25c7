import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import { throttledErrors } from '../base/throttled-errors.ts';
import type { EngineSettings } from '../contracts/engine-protocol.ts';
import type { KillIncident } from '../contracts/kill.ts';
import type { LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { ConfirmedGone, LpRecord } from '../contracts/lp-record.ts';
import type { LpView, TimelineEvent } from '../contracts/lp-view.ts';
import type { EngineLauncher } from '../contracts/processes.ts';
import type { RefusedWrite, RefusedWrites } from '../contracts/refused.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import type { SessionStarts } from './connect/session-starts.ts';
import type { EngineSupervisor } from './engine/engine-supervisor.ts';
import type { EventConfirmation } from './kill/event-confirmation.ts';
import type { ReadMessages } from './kill/evidence.ts';
import type { LatchStore } from './kill/latch-store.ts';
import { KillControl } from './kill-control.ts';
import { databaseAway, nobodySilent, unknownProvider } from './lp/failures.ts';
import { LpController } from './lp/lp-controller.ts';
import { operatorEvent } from './lp/timeline.ts';
import type { EventLog, LpStore, Ownership, TunnelManager } from './ports.ts';
import { KillBatch } from './row/kill-batch.ts';
import { RowReader, type Rows } from './row/row-reader.ts';
import type { KilledSession, SessionControl } from './session-control.ts';

export interface SessionManagerDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: LpStore;
  readonly ownership: Ownership;
  readonly launcher: EngineLauncher;
  readonly tunnels: TunnelManager;
  readonly latches: LatchStore;
  readonly sessionStarts: SessionStarts;
  readonly confirmation: EventConfirmation;
  /** Of an LP's FIX log, for the evidence of a kill. */
  readonly readMessages: ReadMessages;
  readonly eventLog: EventLog;
  /** Host name of this console as other consoles see it. */
  readonly consoleHost: string;
  readonly engineSettings: (config: LpConfig, credentials: LpCredentials) => EngineSettings;
  /** The database refused or is away; what was to be written is kept and repeated, or set aside. */
  readonly databaseError: (error: unknown) => void;
  /** A listener of what is announced failed, which is nothing of the database's. */
  readonly defect: (error: unknown) => void;
}

/** Discovers the LPs, runs those that are wanted and owned, and is the one door for everything an operator does to a session. */
export class SessionManager implements SessionControl {
  readonly #deps: SessionManagerDeps;
  readonly #kills: KillControl;
  readonly #controllers = new Map<string, LpController>();
  readonly #views: Emitter<readonly string[]>;
  readonly #timelines: Emitter<TimelineEvent>;
  readonly #evidence: Emitter<KilledSession>;
  readonly #unsubscribe: (() => void)[] = [];
  readonly #reader: RowReader;
  readonly #killBatch: KillBatch;

  constructor(given: SessionManagerDeps) {
    const deps = { ...given, databaseError: throttledErrors(given.clock, given.databaseError) };
    this.#deps = deps;
    this.#views = new Emitter(deps.defect);
    this.#timelines = new Emitter(deps.defect);
    this.#evidence = new Emitter(deps.defect);
    this.#timelines.on((event) => deps.eventLog.write(event));
    this.#kills = new KillControl({
      clock: deps.clock,
      latches: deps.latches,
      lps: {
        names: () => [...this.#controllers.keys()],
        find: (provider) => this.#controllers.get(provider) ?? null,
        get: (provider) => this.#controller(provider),
        read: (provider) => this.#reader.read(provider),
      },
      databaseError: deps.databaseError,
      defect: deps.defect,
    });
    this.#reader = new RowReader(deps.store, (rows, read) => this.#take(rows, read), deps.databaseError);
    this.#killBatch = new KillBatch(deps.store);
    this.#unsubscribe.push(() => this.#kills.close());
    // Killed LPs are known and shown before any database answers.
    for (const provider of this.#kills.latched()) this.#controller(provider);
  }

  /** Subscribes to changes and runs what is wanted; LPs appear as soon as the database answers. */
  async start(): Promise<void> {
    this.#unsubscribe.push(
      this.#deps.store.onChange((provider) => void this.#reader.read(provider)),
      this.#deps.ownership.onLost((loss) => {
        for (const controller of this.#controllers.values()) controller.ownershipLost(loss);
      }),
      this.#deps.ownership.onLease(() => {
        for (const controller of this.#controllers.values()) controller.ownedUntil();
      }),
      this.#deps.ownership.onFree((provider) => void this.#reader.read(provider)),
    );
    await this.#reader.read(null);
  }

  /** Logs every session out; desired states stay, so that the next start brings them back. */
  async stop(): Promise<void> {
    this.#reader.close();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await Promise.all([...this.#controllers.values()].map((controller) => controller.shutdown()));
  }

  view(provider: string): LpView | null {
    return this.#controllers.get(provider)?.view() ?? null;
  }

  views(): readonly LpView[] {
    return [...this.#controllers.values()].map((controller) => controller.view());
  }

  /** The rows that there are, as they were read last. */
  records(): readonly LpRecord[] {
    return [...this.#controllers.values()].flatMap(({ row }) => row.record ?? []);
  }

  timeline(provider: string, limit: number): readonly TimelineEvent[] {
    return this.#controllers.get(provider)?.timeline.latest(limit) ?? [];
  }

  incidents(): readonly KillIncident[] {
    return this.#kills.incidents();
  }

  async activate(provider: string): Promise<Result<null>> {
    if (!(await this.#reader.read(provider))) return databaseAway(`${provider} cannot be activated`);
    const controller = this.#controllers.get(provider);
    if (controller === undefined || controller.row.record === null) return unknownProvider(provider);
    const result = await controller.activate();
    // Ownership that was just acquired makes what was read before out of date: with this read it starts.
    await this.#reader.read(provider);
    return result;
  }

  async deactivate(provider: string, text: string): Promise<Result<null>> {
    const controller = this.#controllers.get(provider);
    return controller === undefined ? unknownProvider(provider) : controller.deactivate(text);
  }

  async restart(provider: string): Promise<Result<null>> {
    const controller = this.#controllers.get(provider);
    if (controller === undefined) return unknownProvider(provider);
    // Without the database it could be ended but not begun again.
    if (!(await this.#reader.read(provider))) return databaseAway(`${provider} is not restarted`);
    return controller.restart();
  }

  kill(providers: readonly string[], scope: 'lp' | 'all', by: string, reason: string): Result<KillIncident> {
    return this.#kills.kill(providers, scope, by, reason);
  }

  killSettled(incidentId: string): Promise<KillIncident> {
    return this.#kills.killSettled(incidentId);
  }

  rearm(provider: string): Promise<Result<null>> {
    return this.#kills.rearm(provider);
  }

  onEvidence(listener: (killed: KilledSession) => void): () => void {
    return this.#evidence.on(listener);
  }

  onKillSettled(listener: (incident: KillIncident) => void): () => void {
    return this.#kills.settled.on(listener);
  }

  auditWritten(incidentId: string, error: string | null): void {
    this.#kills.auditWritten(incidentId, error);
  }

  async takeOver(provider: string, by: string): Promise<Result<ConfirmedGone>> {
    if (!this.#controllers.has(provider)) return unknownProvider(provider);
    const gone = await this.#deps.store.confirmGone(provider, by);
    await this.#reader.read(null);
    return gone === null ? nobodySilent(provider, this.view(provider)?.owner ?? null) : ok(gone);
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

  /** What the database refused for good of what was to be written to the LPs' rows. */
  readonly refusedWrites: RefusedWrites = {
    count: () => this.#refused().filter(({ current }) => current).length,
    list: async () => this.#refused().toSorted((a, b) => a.atMs - b.atMs),
    retry: async () => {
      for (const { row } of this.#controllers.values()) row.retryRefused();
    },
    discard: async (ids) => {
      for (const { row } of this.#controllers.values()) row.discardRefused(ids);
    },
  };

  #refused(): readonly RefusedWrite[] {
    return [...this.#controllers.values()].flatMap(({ row }) => row.refused);
  }

  async refresh(provider: string): Promise<void> {
    await this.#reader.read(provider);
  }

  onViews(listener: (providers: readonly string[]) => void): () => void {
    return this.#views.on(listener);
  }

  onIncident(listener: (incident: KillIncident) => void): () => void {
    return this.#kills.changed.on(listener);
  }

  /** What a part beside the session has to say of an LP: it stands in its timeline. */
  note(provider: string, level: TimelineEvent['level'], text: string): void {
    const event = operatorEvent(this.#deps.clock.nowMs(), level, text);
    this.#controllers.get(provider)?.timeline.add({ ...event, event: 'Engine' });
  }

  onTimeline(listener: (event: TimelineEvent) => void): () => void {
    return this.#timelines.on(listener);
  }

  async #ask(
    provider: string,
    whileLoggedOn: boolean,
    question: (engine: EngineSupervisor) => Promise<Result<number | null>>,
  ): Promise<Result<null>> {
    const controller = this.#controllers.get(provider);
    if (controller === undefined) return unknownProvider(provider);
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

  async #take(rows: Rows, read: number): Promise<void> {
    if (!rows.all) return this.#takeOne(rows.provider, rows.record, read);
    const present = new Set(rows.records.map(({ provider }) => provider));
    this.#kills.allKnown([...present]);
    const gone = [...this.#controllers.keys()].filter((provider) => !present.has(provider));
    await Promise.all([
      ...rows.records.map((record) => this.#takeOne(record.provider, record, read)),
      ...gone.map((provider) => this.#takeOne(provider, null, read)),
    ]);
  }

  async #takeOne(provider: string, record: LpRecord | null, read: number): Promise<void> {
    if (record === null) return this.#remove(provider);
    const controller = this.#controller(provider);
    if (!controller.row.outdated(read)) await this.#kills.follow(controller, record);
    await controller.take(record, read);
  }

  async #remove(provider: string): Promise<void> {
    const controller = this.#controllers.get(provider);
    // A latch outlives its row: an LP that is deleted and made again is still killed.
    if (controller === undefined || controller.row.record === null) return;
    await controller.remove();
    this.#controllers.delete(provider);
    this.#views.emit([provider]);
    // It may have been made again while its session was being ended.
    await this.#reader.read(provider);
  }

  #controller(provider: string): LpController {
    const known = this.#controllers.get(provider);
    if (known !== undefined) return known;
    const controller = new LpController(provider, {
      ...this.#deps,
      killBatch: this.#killBatch,
      evidence: (incidentId, evidence) => this.#evidence.emit({ incidentId, evidence }),
      latch: (name) => this.#kills.latch(name),
      lastRead: () => this.#reader.last,
      readAgain: (name) => void this.#reader.read(name),
      changed: (name) => this.#views.emit([name]),
      timeline: (event) => this.#timelines.emit(event),
    });
    this.#controllers.set(provider, controller);
    return controller;
  }
}
