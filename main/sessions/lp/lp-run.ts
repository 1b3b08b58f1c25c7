import { Timers } from '../../base/timers.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { EngineReport } from '../../contracts/engine-protocol.ts';
import type { LpConfig } from '../../contracts/lp-config.ts';
import type { LpStatus } from '../../contracts/lp-record.ts';
import type { LpState } from '../../contracts/lp-view.ts';
import { ConnectionLane } from '../connect/connection-lane.ts';
import { Dialler } from '../connect/dialler.ts';
import { laneOnReport } from '../connect/lane-progress.ts';
import type { EngineSupervisor } from '../engine/engine-supervisor.ts';
import { StepRelay } from '../engine/step-relay.ts';
import { type BeforeLogout, NOTHING_FIRST, type StepObserver, tearDown } from '../engine/teardown.ts';
import type { StatusNumbers } from '../row/lp-status.ts';
import type { StatusAuthor } from '../row/row-write.ts';
import type { WrittenStatus } from '../row/row-writer.ts';
import { ConnectionLoss } from './connection-loss.ts';
import type { LiveNumbers } from './live-numbers.ts';
import type { LpScope } from './lp-scope.ts';
import { NextAttempt } from './next-attempt.ts';
import { RunEngine } from './run-engine.ts';
import type { RunDeps, RunSetup, SessionNumbers } from './run-setup.ts';
import { RunSetups } from './run-setups.ts';
import { RunState } from './run-state.ts';

/**
 * One activation of an LP: its engine process, its tunnel, and the attempts to connect, from `start` until `end`. Whether it may exist at all is
 * its controller's decision.
 */
export class LpRun {
  readonly lane = new ConnectionLane();
  readonly #scope: LpScope;
  readonly #timers: Timers;
  readonly #state: RunState;
  readonly #setups: RunSetups;
  readonly #engine: RunEngine;
  readonly #dialler: Dialler;
  readonly #next: NextAttempt;
  readonly #loss: ConnectionLoss;
  readonly #steps = new StepRelay();
  #ending: Promise<boolean> | null = null;
  #stuck = false;

  /** @param onDown told when a connection ended, or is about to, or an attempt failed; the status says so already */
  constructor(setup: RunSetup, scope: LpScope, deps: RunDeps, numbers: SessionNumbers, onDown: () => void) {
    this.#scope = scope;
    this.#timers = new Timers(scope.clock);
    const state = new RunState(scope);
    this.#state = state;
    this.#setups = new RunSetups(setup);
    this.#engine = new RunEngine(scope, deps, {
      report: (report) => this.#onReport(report),
      wedged: () => this.#loss.engineWedged(),
      ended: (end) => this.#loss.engineEnded(end),
    });
    const failed = (reason: DisconnectReason): void => this.#loss.down(reason);
    this.#dialler = new Dialler(setup.config, scope, deps.tunnels, this.lane, {
      state: (next) => state.set(next),
      note: (event, level, text) => state.note(event, level, text),
      failed,
    });
    const parts = {
      scope,
      state,
      lane: this.lane,
      setups: this.#setups,
      engine: this.#engine,
      dialler: this.#dialler,
      timers: this.#timers,
    };
    this.#next = new NextAttempt(parts, numbers, failed);
    this.#loss = new ConnectionLoss(parts, this.#next, deps.random, (reason) => {
      this.writeStatus(2, reason);
      onDown();
    });
  }

  get config(): LpConfig {
    return this.#setups.current.config;
  }
  get state(): LpState {
    return this.#state.value;
  }
  get live(): LiveNumbers {
    return this.#state.live;
  }
  /** Failures in a row since the last Logon that lasted. */
  get attempt(): number {
    return this.#next.failures;
  }
  get loggedOnAtMs(): number | null {
    return this.#state.loggedOnAtMs;
  }
  get enginePid(): number | null {
    return this.#engine.pid;
  }
  get tunnelPid(): number | null {
    return this.#dialler.tunnelPid;
  }
  get engine(): EngineSupervisor | null {
    return this.#engine.process;
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
    this.#next.launch();
  }

  /** A changed configuration, used from the next connection on. While waiting to retry that is at once. */
  update(setup: RunSetup): void {
    this.#setups.change(setup, this.#state.loggedOnAtMs !== null);
    if (this.#setups.pending && this.#state.kind === 'retry') this.#next.hurry();
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
    beforeLogout: BeforeLogout = NOTHING_FIRST,
  ): Promise<boolean> {
    this.#steps.watch(step);
    if (this.#ending !== null && !this.#stuck) {
      void beforeLogout.first();
      return this.#ending;
    }
    this.#timers.clear();
    this.#dialler.abandon();
    this.#state.ends = true;
    this.#stuck = false;
    this.#state.set({ kind: 'stopping' });
    this.#ending = tearDown({
      clock: this.#scope.clock,
      engine: this.#engine.process,
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
    return { nextIn, nextOut, attempt: to === 1 ? 0 : this.#next.failures };
  }

  /** Tells the engine until when no other console can take the LP. */
  ownedUntil(): void {
    this.#engine.ownedUntil();
  }

  #onReport(report: EngineReport): void {
    const now = this.#scope.clock.nowMs();
    this.live.onReport(report, now);
    laneOnReport(this.lane, report, this.config.ssl, now);
    switch (report.type) {
      case 'ready':
        this.#next.make();
        break;
      case 'logon-sent':
        if (!this.#state.ends) this.#state.set({ kind: 'logon' });
        break;
      case 'logged-on':
        this.#onLoggedOn(now);
        break;
      case 'recovering':
        if (this.#state.kind !== 'stopping')
          this.#state.set({ kind: 'recovering', received: report.received, total: report.total });
        break;
      case 'recovered':
        if (this.#state.kind !== 'stopping') this.#state.set({ kind: 'logged-on' });
        break;
      case 'leaving':
        this.#loss.leaving(report.reason);
        break;
      case 'disconnected':
        this.#loss.disconnected(report);
        break;
      case 'timeline':
        for (const event of report.events) this.#scope.timeline.add(event);
        break;
      case 'stats':
        this.#loss.watchMemory(report.stats.rssBytes);
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
    this.#state.loggedOnAtMs = now;
    this.#takeNewPassword();
    if (this.#state.ends) return;
    this.#dialler.loggedOn();
    this.#state.set({ kind: 'logged-on' });
    this.writeStatus(1, null);
    const { retry, session } = this.config;
    this.#timers.after(retry.stableMs, () => {
      this.#next.forgetFailures();
      this.#scope.changed();
    });
    if (session.failbackMs > 0 && this.#dialler.hosts.onBackup)
      this.#timers.after(session.failbackMs, () => this.#loss.failBack());
  }

  #takeNewPassword(): void {
    const accepted = this.#setups.newPassword;
    if (accepted === null) return;
    this.#setups.passwordAccepted(accepted);
    this.#state.note('Logon', 'info', 'NewPassword(925) was accepted: it is the password now');
    this.#scope.row.passwordChanged(this.config, accepted);
  }
}
