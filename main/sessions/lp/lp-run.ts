import { withDeadline } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import { Timers } from '../../base/timers.ts';
import { type DisconnectReason, describeReason, REASONS, type ReasonCode } from '../../contracts/disconnect-reason.ts';
import type { EngineReport } from '../../contracts/engine-protocol.ts';
import type { LpConfig } from '../../contracts/lp-config.ts';
import type { LpStatus } from '../../contracts/lp-record.ts';
import type { LpState } from '../../contracts/lp-view.ts';
import { ENGINE_HEAP_MB, exitText, OUT_OF_MEMORY, type ProcessExit } from '../../contracts/processes.ts';
import { ConnectionLane } from '../connect/connection-lane.ts';
import { Dialler } from '../connect/dialler.ts';
import { laneOnReport } from '../connect/lane-progress.ts';
import { afterFailure } from '../connect/reconnect-policy.ts';
import { EngineSupervisor } from '../engine/engine-supervisor.ts';
import { MemoryWatch } from '../engine/memory-watch.ts';
import { StepRelay } from '../engine/step-relay.ts';
import { ENGINE_STOP_MS, REPORT_GRACE_MS, type StepObserver, tearDown } from '../engine/teardown.ts';
import type { StatusNumbers } from '../row/lp-status.ts';
import type { StatusAuthor } from '../row/row-write.ts';
import type { WrittenStatus } from '../row/row-writer.ts';
import { LiveNumbers } from './live-numbers.ts';
import type { LpScope } from './lp-scope.ts';
import type { RunDeps, RunSetup, SessionNumbers } from './run-parts.ts';
import { RunSetups } from './run-setups.ts';
import { levelOf, type NewTimelineEvent } from './timeline.ts';

/** Behind a tunnel the socket closes before stunnel's log says why. */
const TUNNEL_REASON_GRACE_MS = 200;
/** Until ownership is proven again, or an engine that was ended by force is gone. */
const LOOK_AGAIN_MS = 1_000;

/**
 * What an engine says last and ends: it cannot use its store, its lease is about to end without the console's word, or it was told to by
 * somebody else.
 */
const ENDS_ITSELF: ReadonlySet<ReasonCode> = new Set(['store-failed', 'store-in-use', 'database-lost', 'engine-exit']);

/**
 * One activation of an LP: its engine process, its tunnel, and the attempts to connect, from `start` until `end`. It decides when
 * to try again; whether it may exist at all is its controller's decision.
 */
export class LpRun {
  readonly lane = new ConnectionLane();
  readonly live = new LiveNumbers();
  readonly #scope: LpScope;
  readonly #deps: RunDeps;
  readonly #numbers: SessionNumbers;
  readonly #onDown: () => void;
  readonly #timers: Timers;
  readonly #dialler: Dialler;
  readonly #steps = new StepRelay();
  readonly #setups: RunSetups;
  #state: LpState = { kind: 'connecting', step: 'engine' };
  #engine: EngineSupervisor | null = null;
  #attempt = 0;
  #loggedOnAtMs: number | null = null;
  #ending: Promise<boolean> | null = null;
  #stuck = false;
  /** An engine that ends by itself says why before, and one that outgrew its memory is ended: this is why, not its exit. */
  #whyItEnds: DisconnectReason | null = null;
  #memory = new MemoryWatch();
  #waitsForDatabase = false;

  /** @param onDown told when a connection ended, or is about to, or an attempt failed; the status says so already */
  constructor(setup: RunSetup, scope: LpScope, deps: RunDeps, numbers: SessionNumbers, onDown: () => void) {
    this.#setups = new RunSetups(setup);
    this.#scope = scope;
    this.#deps = deps;
    this.#numbers = numbers;
    this.#onDown = onDown;
    this.#timers = new Timers(scope.clock);
    this.#dialler = new Dialler(setup.config, scope, deps.tunnels, this.lane, {
      state: (state) => this.#setState(state),
      note: (event, level, text) => this.#note(event, level, text),
      failed: (reason) => this.#down(reason),
    });
  }

  get config(): LpConfig {
    return this.#setups.current.config;
  }
  get state(): LpState {
    return this.#state;
  }
  /** Failures in a row since the last Logon that lasted. */
  get attempt(): number {
    return this.#attempt;
  }
  get loggedOnAtMs(): number | null {
    return this.#loggedOnAtMs;
  }
  get enginePid(): number | null {
    return this.#engine === null || this.#engine.gone ? null : this.#engine.pid;
  }
  get tunnelPid(): number | null {
    return this.#dialler.tunnelPid;
  }
  get engine(): EngineSupervisor | null {
    return this.#engine;
  }
  /** True when it has given up until a person acts. */
  get failed(): boolean {
    return this.#state.kind === 'error';
  }
  /** True when it was to end and something of it does not: `end` tries again. */
  get stuck(): boolean {
    return this.#stuck;
  }
  get pendingConfig(): boolean {
    return this.#setups.pending;
  }

  start(): void {
    this.#launch();
  }

  /** A changed configuration, used from the next connection on. While waiting to retry that is at once. */
  update(setup: RunSetup): void {
    this.#setups.change(setup, this.#loggedOnAtMs !== null);
    if (this.#setups.pending && this.#state.kind === 'retry') {
      this.#timers.clear();
      this.#connect();
    }
    this.#scope.changed();
  }

  /**
   * Logs out and ends tunnel and engine, by force if need be. A second call joins the first, or tries again what did not end.
   *
   * @returns whether both are known to be gone
   */
  end(
    reason: DisconnectReason,
    text: string,
    step: StepObserver = () => undefined,
    beforeLogout: () => Promise<void> = () => Promise.resolve(),
  ): Promise<boolean> {
    this.#steps.watch(step);
    if (this.#ending !== null && !this.#stuck) {
      void beforeLogout();
      return this.#ending;
    }
    this.#timers.clear();
    this.#dialler.abandon();
    this.#stuck = false;
    this.#setState({ kind: 'stopping' });
    this.#ending = tearDown({
      clock: this.#scope.clock,
      engine: this.#engine,
      shutTunnel: () => this.#dialler.shutTunnel(),
      disconnected: this.#dialler.connection,
      reason,
      text,
      logoutAckMs: this.config.session.logoutAckMs,
      step: this.#steps.report,
      beforeLogout,
    }).then((gone) => {
      this.#stuck = !gone;
      return gone;
    });
    return this.#ending;
  }

  /** Writes the LP's status, with what this run knows of its numbers. */
  writeStatus(to: LpStatus, reason: DisconnectReason | null, by?: StatusAuthor): WrittenStatus | null {
    return this.#scope.row.writeStatus(to, reason, this.statusNumbers(to), by);
  }

  /** What is told with a status. */
  statusNumbers(to: LpStatus): StatusNumbers {
    const { nextIn, nextOut } = this.live;
    return { nextIn, nextOut, attempt: to === 1 ? 0 : this.#attempt };
  }

  #reportDown(reason: DisconnectReason): void {
    this.writeStatus(2, reason);
    this.#onDown();
  }

  #launch(): void {
    const { setup } = this.#takeSetup();
    this.lane.doing('engine', this.#now());
    this.#setState({ kind: 'connecting', step: 'engine' });
    let engine: EngineSupervisor;
    try {
      engine = new EngineSupervisor(this.config.provider, this.#deps.launcher, this.#scope.clock, {
        report: (report) => this.#onReport(report),
        wedged: () => this.#onWedged(),
      });
    } catch (error) {
      this.#down({ code: 'engine-exit', detail: `it cannot be started: ${messageOf(error)}` });
      return;
    }
    this.#engine = engine;
    this.#memory = new MemoryWatch();
    this.ownedUntil();
    void engine.exited.then((exit) => this.#onEngineExit(engine.wedged, exit));
    engine.send({ type: 'start', settings: setup.settings });
  }

  /** Tells the engine until when no other console can take the LP; it ends its session before. While that is not known it stands as it was. */
  ownedUntil(): void {
    if (this.#scope.row.held) this.#engine?.send({ type: 'owned-until', untilMs: this.#deps.ownership.ownedUntilMs() });
  }

  #takeSetup(): ReturnType<RunSetups['take']> {
    const taken = this.#setups.take();
    if (taken.changed) this.#dialler.hosts.update(taken.setup.config);
    return taken;
  }

  #connect(): void {
    if (this.#ending !== null) return;
    const engine = this.#engine;
    const ends = engine !== null && (engine.wedged || this.#whyItEnds !== null);
    if (!this.#scope.row.held || ends) {
      this.#wait(LOOK_AGAIN_MS);
      return;
    }
    if (engine === null) {
      this.#launch();
      return;
    }
    const { setup, told } = this.#takeSetup();
    if (!told) engine.send({ type: 'configure', settings: setup.settings });
    if (this.#numbers.outdated()) {
      void this.#startNumbersAgain(engine);
      return;
    }
    this.#numbers.used();
    void this.#dialler.dial(engine, this.config);
  }

  /** From its answer on the wish is the engine's, whose store keeps it until a Logon with it was accepted or somebody sets other numbers. */
  async #startNumbersAgain(engine: EngineSupervisor): Promise<void> {
    this.#setState({ kind: 'connecting', step: 'engine' });
    const answer = await engine.ask({ type: 'reset-sequence' });
    if (this.#ending !== null || this.#engine !== engine) return;
    if (!answer.ok) {
      // An engine whose store fails ends, and one that does not answer is ended: what follows then is theirs to say.
      if (this.#state.kind === 'connecting') this.#wait(LOOK_AGAIN_MS);
      return;
    }
    this.#numbers.used();
    this.#connect();
  }

  #onReport(report: EngineReport): void {
    const now = this.#now();
    this.live.onReport(report, now);
    laneOnReport(this.lane, report, this.config.ssl, now);
    switch (report.type) {
      case 'ready':
        this.#connect();
        break;
      case 'logon-sent':
        if (this.#ending === null) this.#setState({ kind: 'logon' });
        break;
      case 'logged-on':
        this.#onLoggedOn(now);
        break;
      case 'recovering':
        if (this.#state.kind !== 'stopping')
          this.#setState({ kind: 'recovering', received: report.received, total: report.total });
        break;
      case 'recovered':
        if (this.#state.kind !== 'stopping') this.#setState({ kind: 'logged-on' });
        break;
      case 'leaving':
        this.#onLeaving(report.reason);
        break;
      case 'disconnected':
        this.#onDisconnected(report.reason, report.wasLoggedOn, report.logoutAnswered);
        break;
      case 'timeline':
        for (const event of report.events) this.#scope.timeline.add(event);
        break;
      case 'stats':
        this.#watchMemory(report.stats.rssBytes);
        break;
      case 'resolved':
      case 'tcp-connected':
      case 'first-message':
      case 'answer':
      case 'pong':
        break;
      default:
        report satisfies never;
    }
    this.#scope.changed();
  }

  #onLoggedOn(now: number): void {
    this.#loggedOnAtMs = now;
    this.#takeNewPassword();
    if (this.#ending !== null) return;
    this.#dialler.loggedOn();
    this.#setState({ kind: 'logged-on' });
    this.writeStatus(1, null);
    const { retry, session } = this.config;
    this.#timers.after(retry.stableMs, () => {
      this.#attempt = 0;
      this.#scope.changed();
    });
    if (session.failbackMs > 0 && this.#dialler.hosts.onBackup) this.#timers.after(session.failbackMs, () => this.#failBack());
  }

  #takeNewPassword(): void {
    const accepted = this.#setups.newPassword;
    if (accepted === null) return;
    this.#setups.passwordAccepted(accepted);
    this.#note('Logon', 'info', 'NewPassword(925) was accepted: it is the password now');
    this.#scope.row.passwordChanged(this.config, accepted);
  }

  #watchMemory(rssBytes: number): void {
    const engine = this.#engine;
    if (engine === null || this.#ending !== null || this.#whyItEnds !== null) return;
    const { engineMemoryMb } = this.config.session;
    const use = `${Math.round(rssBytes / 1e6)} of ${engineMemoryMb} MB`;
    const seen = this.#memory.look(rssBytes, engineMemoryMb);
    if (seen === 'much')
      this.#note('Engine', 'attention', `The engine process uses ${use}; with more than that it is ended and started again`);
    if (seen === 'over') void this.#endLarge(engine, { code: 'engine-memory', detail: use });
  }

  /** Logs out, and ends the engine; what follows is a lost connection, and a new engine. */
  async #endLarge(engine: EngineSupervisor, reason: DisconnectReason): Promise<void> {
    this.#whyItEnds = reason;
    this.#note('Engine', 'alarm', describeReason(reason));
    const { connection } = this.#dialler;
    if (connection !== null) {
      this.#onLeaving(reason);
      engine.send({ type: 'logout', text: 'Restarting', reason });
      await withDeadline(this.#scope.clock, this.config.session.logoutAckMs + REPORT_GRACE_MS, connection);
    }
    await engine.stop(ENGINE_STOP_MS);
  }

  /** Out of service from now on, not only when the connection has ended: routing must stop first. */
  #onLeaving(reason: DisconnectReason): void {
    if (this.#ending !== null) return;
    this.#timers.clear();
    if (this.#state.kind !== 'stopping') this.#attempt += 1;
    this.#setState({ kind: 'stopping' });
    this.#reportDown(reason);
  }

  #failBack(): void {
    const reason: DisconnectReason = { code: 'restarting', detail: 'failback to the first host' };
    this.#onLeaving(reason);
    this.#engine?.send({ type: 'logout', text: 'Returning to the first host', reason });
  }

  #onDisconnected(reason: DisconnectReason, wasLoggedOn: boolean, answered: boolean): void {
    if (ENDS_ITSELF.has(reason.code)) this.#whyItEnds = reason;
    if (!this.#dialler.ended({ answered })) return;
    if (reason.code === 'heartbeat-timeout' || reason.code === 'logon-timeout') this.#dialler.endedInSilence();
    const { hidden, better } = this.#dialler.blame(reason, this.config.ssl);
    if (!hidden || better !== null || wasLoggedOn || this.#ending !== null) {
      this.#down(better ?? reason);
      return;
    }
    this.#timers.after(TUNNEL_REASON_GRACE_MS, () => {
      this.#down(this.#dialler.blame(reason, true).better ?? reason);
    });
  }

  /** The session is lost whether or not the system can end the process: SIGKILL has no effect while a disk does not answer. */
  #onWedged(): void {
    if (this.#ending !== null) return;
    this.#note('Engine', 'alarm', 'The engine process stopped answering and is ended');
    this.#down({ code: 'engine-unresponsive' });
  }

  #onEngineExit(wedged: boolean, exit: ProcessExit): void {
    this.#engine = null;
    this.#dialler.ended({ answered: false });
    const failure = this.#whyItEnds;
    this.#whyItEnds = null;
    const told = failure !== null && this.#state.kind === 'retry';
    if (this.#ending !== null || wedged || told) {
      this.#scope.changed();
      return;
    }
    if (failure !== null) {
      this.#down(failure);
      return;
    }
    const how = exitText(exit);
    this.#note('Engine', 'alarm', `The engine process ended: ${how}`);
    this.#down(
      exit.signal === OUT_OF_MEMORY
        ? { code: 'engine-memory', detail: `${ENGINE_HEAP_MB} MB` }
        : { code: 'engine-exit', detail: how },
    );
  }

  #down(reason: DisconnectReason): void {
    const wasLive = this.#loggedOnAtMs !== null;
    this.#timers.clear();
    this.#dialler.abandon();
    this.#loggedOnAtMs = null;
    this.live.stopped();
    this.lane.fail(REASONS[reason.code].layer, this.#now(), describeReason(reason));
    if (this.#ending !== null) {
      this.#scope.changed();
      return;
    }
    this.#note('Disconnect', levelOf(reason), describeReason(reason));
    // A session that was leaving has been counted.
    if (this.#state.kind !== 'stopping') this.#attempt += 1;
    const next = afterFailure(this.config.retry, reason, this.#attempt, this.#deps.random());
    if (next.kind === 'give-up') {
      this.#setState({ kind: 'error' });
      this.#reportDown(next.reason);
      return;
    }
    if (wasLive) this.#dialler.hosts.reset();
    else this.#dialler.hosts.advance();
    this.#wait(next.afterMs);
    const { layer } = REASONS[reason.code];
    if (layer === 'tls' || layer === 'tunnel') this.#dialler.onFilesChanged(() => this.#filesChanged());
    this.#reportDown(reason);
  }

  #wait(ms: number): void {
    const state = { kind: 'retry', atMs: this.#now() + ms, attempt: this.#attempt } as const;
    const proven = this.#scope.row.held;
    if (!proven && !this.#waitsForDatabase)
      this.#note('State', 'attention', 'Waits for the database: until it answers, another console may run this LP');
    this.#waitsForDatabase = !proven;
    this.#setState(proven ? state : { ...state, waitsFor: 'database' });
    this.#timers.after(ms, () => this.#connect());
  }

  #filesChanged(): void {
    if (this.#state.kind !== 'retry') return;
    this.#note('Tunnel', 'info', 'A file of the tunnel has changed: it is tried at once');
    this.#timers.clear();
    this.#connect();
  }

  #setState(state: LpState): void {
    if (state.kind !== this.#state.kind) this.#note('State', 'info', state.kind.toUpperCase().replace('-', ' '));
    this.#state = state;
    this.#scope.changed();
  }

  #note(event: NewTimelineEvent['event'], level: NewTimelineEvent['level'], text: string): void {
    const { nextIn, nextOut } = this.live;
    this.#scope.timeline.add({ atMs: this.#now(), event, level, direction: null, text, seqIn: nextIn, seqOut: nextOut });
  }

  #now(): number {
    return this.#scope.clock.nowMs();
  }
}
