import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { EngineSettings } from '../contracts/engine-protocol.ts';
import type { LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { KillLatch, LpRecord, LpStatus } from '../contracts/lp-record.ts';
import type { LpView, TimelineEvent, TimelineLevel } from '../contracts/lp-view.ts';
import { ok, type Result } from '../contracts/result.ts';
import { messageOf, withDeadline } from './deadline.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { confirmEvent, endKilledLp, STATUS_FIRST_MS } from './kill-procedure.ts';
import { LpRun } from './lp-run.ts';
import type { WrittenStatus } from './lp-status.ts';
import { type Idle, viewOf } from './lp-view-builder.ts';
import { configInvalid, killedBy, notActive, notEnded, stillKilled } from './outcomes.ts';
import type { EventConfirmation, OwnershipLoss } from './ports.ts';
import { type KeeperDeps, RowKeeper } from './row-keeper.ts';
import type { RunDeps, RunSetup } from './run-parts.ts';
import { ScheduleGate } from './schedule-gate.ts';
import type { SessionStarts } from './session-starts.ts';
import { TaskQueue } from './task-queue.ts';
import type { StepObserver } from './teardown.ts';
import { operatorEvent, Timeline } from './timeline.ts';

export interface ControllerDeps extends KeeperDeps {
  readonly confirmation: EventConfirmation;
  readonly run: Omit<RunDeps, 'owned' | 'clock' | 'numbers'>;
  readonly sessionStarts: SessionStarts;
  readonly engineSettings: (config: LpConfig, credentials: LpCredentials) => EngineSettings;
  readonly latch: (provider: string) => KillLatch | null;
  /** Asks for the row to be read again. */
  readonly readAgain: (provider: string) => void;
  readonly changed: (provider: string) => void;
  readonly timeline: (event: TimelineEvent) => void;
}

const REACQUIRE_MS = 1_000;
/** Beyond LogoutAckThreshold, what an orderly end may take. */
const BEFORE_LEASE_END_MS = 1_000;

/**
 * One LP: what people want of it, whether this console may run it, and its run. What begins a session goes through one queue; what
 * ends one does not wait in it.
 */
export class LpController {
  readonly provider: string;
  readonly timeline: Timeline;
  readonly row: RowKeeper;
  readonly #deps: ControllerDeps;
  #run: LpRun | null = null;
  #runVersion = 0;
  #idle: Idle = { kind: 'inactive' };
  readonly #tasks: TaskQueue;
  /** The row that is to be acted on next. */
  #waiting: { readonly record: LpRecord; readonly read: number; readonly done: Promise<void> } | null = null;
  #closing = false;
  readonly #gate: ScheduleGate;
  #cancelFence: () => void = () => undefined;
  #cancelReacquire: () => void = () => undefined;
  /** Start of the schedule's session that the run belongs to. */
  #sessionStartMs: number | null = null;

  constructor(provider: string, deps: ControllerDeps) {
    this.provider = provider;
    this.#deps = deps;
    this.row = new RowKeeper(provider, deps);
    this.timeline = new Timeline(provider, deps.timeline);
    this.#tasks = new TaskQueue(() => this.#changed(), deps.databaseError);
    this.#gate = new ScheduleGate(deps.clock, () => void this.#tasks.run(() => this.#settle()));
  }

  get engine(): EngineSupervisor | null {
    return this.#run?.engine ?? null;
  }
  get running(): boolean {
    return this.#run !== null;
  }
  get loggedOn(): boolean {
    return this.#run?.loggedOnAtMs != null;
  }

  view(): LpView {
    return viewOf(this.provider, {
      record: this.row.record,
      run: this.#run,
      idle: this.#idle,
      latch: this.#latch(),
      status: this.row.status,
      owned: this.row.held ? this.#deps.consoleHost : null,
    });
  }

  /** Takes what the database says and acts on it; a row that is out of date is read again. Of rows that wait, the latest counts. */
  reconcile(record: LpRecord, read: number): Promise<void> {
    if (this.#waiting !== null) {
      this.#waiting = { ...this.#waiting, record, read };
      return this.#waiting.done;
    }
    const done = this.#tasks.run(async () => {
      const latest = this.#waiting ?? { record, read };
      this.#waiting = null;
      this.row.wake();
      if (this.row.outdated(latest.read)) {
        this.#deps.readAgain(this.provider);
        return;
      }
      this.row.take(latest.record, this.#run !== null);
      await this.#settle();
    });
    this.#waiting = { record, read, done };
    return done;
  }

  /** The operator wants it active: whatever runs is ended gracefully first. The row must have been read just now. */
  activate(): Promise<Result<null>> {
    if (this.#latch() !== null) return Promise.resolve(stillKilled(this.provider));
    this.row.want('active');
    return this.#again('Activated');
  }

  restart(): Promise<Result<null>> {
    if (this.#latch() !== null) return Promise.resolve(stillKilled(this.provider));
    if (this.#run === null) return Promise.resolve(notActive(this.provider));
    return this.#again('Restart');
  }

  async deactivate(text: string): Promise<Result<null>> {
    const reason: DisconnectReason = { code: 'deactivated' };
    this.row.want('inactive');
    this.#operator('info', 'Deactivated');
    if (this.#run === null && this.row.held) this.#writeStatus(0, reason);
    const gone = await this.#endRun(reason, text);
    void this.#tasks.run(() => this.#settle());
    return gone ? ok(null) : notEnded(this.view());
  }

  /** Ends the session at once. The latch must be set before. @returns whether all is known to be gone */
  async kill(latch: KillLatch, step: StepObserver): Promise<boolean> {
    const { clock, store, confirmation } = this.#deps;
    const reason = killedBy(latch);
    const run = this.#run;
    const foreignOwner = run === null ? this.row.foreignOwner : null;
    const writeZero = (): WrittenStatus | null => this.#writeStatus(0, reason, 'anyone');
    const kill = { clock, store, confirmation, provider: this.provider, run, foreignOwner, latch, reason, writeZero, step };
    const ended = endKilledLp(kill);
    this.row.writeLatch(latch);
    this.row.want('inactive');
    this.#operator('attention', `Killed by ${latch.by}: ${latch.reason}`);
    const { gone, written } = await ended;
    if (gone) {
      if (this.#run === run) this.#run = null;
      void this.row.release();
    }
    void confirmEvent(kill, written);
    this.#changed();
    return gone;
  }

  /** The latch is gone: inactive until somebody activates it. */
  rearmed(where: 'here' | 'elsewhere'): void {
    this.#operator('info', where === 'here' ? 'Re-armed' : 'Re-armed by another console');
    this.#idle = { kind: 'inactive' };
    if (where === 'here') this.#writeStatus(0, null, 'anyone');
    this.#changed();
  }

  /**
   * The connection that holds the locks is gone: no new session begins until ownership is proven again. One that is on stays, unless
   * another console could take the LP over: then it is logged out before the lease ends.
   */
  ownershipLost({ rivals, leaseLeftMs }: OwnershipLoss): void {
    this.row.lost();
    void this.#tasks.run(() => this.#reacquire());
    const run = this.#run;
    if (run === null || !rivals) return;
    const logoutMs = run.config.session.logoutAckMs + BEFORE_LEASE_END_MS;
    this.#cancelFence();
    this.#cancelFence = this.#deps.clock.after(Math.max(0, leaseLeftMs - logoutMs), () => {
      if (this.row.held || this.#run !== run) return;
      this.#idle = { kind: 'error' };
      void this.#endRun({ code: 'database-lost', detail: 'another console may take the LP over' }, 'Ownership lost', 2);
    });
  }

  /** Ends the run for the console's own shutdown; what people want of the LP stays as it is. */
  shutdown(): Promise<void> {
    return this.#close({ code: 'shutdown' }, 'Console shutting down');
  }

  /** The row is gone. */
  remove(): Promise<void> {
    return this.#close({ code: 'deactivated', detail: 'the configuration was deleted' }, 'Deactivated');
  }

  async #close(reason: DisconnectReason, text: string): Promise<void> {
    this.#closing = true;
    this.#gate.close();
    this.#cancelFence();
    this.#cancelReacquire();
    await this.#endRun(reason, text);
    await this.row.close();
  }

  #again(done: string): Promise<Result<null>> {
    return this.#tasks.run(async () => {
      this.#operator('info', done);
      if (!(await this.#endRun({ code: 'restarting' }, 'Restarting'))) return notEnded(this.view());
      await this.#settle();
      return this.#latch() === null ? ok(null) : stillKilled(this.provider);
    });
  }

  async #reacquire(): Promise<void> {
    const run = this.#run;
    if (run === null || this.row.held || this.#closing) return;
    const owned = await this.row.acquire();
    if (owned === null) {
      this.#cancelReacquire();
      this.#cancelReacquire = this.#deps.clock.after(REACQUIRE_MS, () => void this.#tasks.run(() => this.#reacquire()));
      return;
    }
    if (owned) {
      this.#cancelFence();
      return;
    }
    // Another console took it over while we could not prove that it was ours: two Logons must never stand side by side.
    if ((await run.end({ code: 'owner-lost' }, 'Another console took over')) && this.#run === run) this.#run = null;
    this.#idle = { kind: 'foreign' };
    this.#deps.readAgain(this.provider);
  }

  async #settle(): Promise<void> {
    const { record } = this.row;
    if (record === null || this.#closing) return;
    this.#gate.close();
    const latch = this.#latch();
    if (latch !== null) await this.#settleKilled(record, latch);
    else if (this.row.desired === 'inactive') await this.#settleInactive();
    else if (!(await this.#keptOut(record)) && (this.#run === null || (await this.#updateRun(this.#run, record))))
      await this.#start(record);
  }

  async #settleKilled(record: LpRecord, latch: KillLatch): Promise<void> {
    const run = this.#run;
    if (run !== null) {
      if (!(await run.end(killedBy(latch), `Killed: ${latch.reason}`))) return;
      if (this.#run === run) this.#run = null;
    }
    // Killed while the database was away, and this console started again since: the others must learn of it.
    if (record.killed === null && this.row.written) this.row.writeLatch(latch);
    await this.#clearLeftover(killedBy(latch));
    await this.row.release();
  }

  async #settleInactive(): Promise<void> {
    if (this.#run !== null) {
      if (!this.row.asked) this.#operator('info', 'Set inactive in the database');
      if (!(await this.#endRun({ code: 'deactivated' }, 'Deactivated'))) return;
    }
    await this.#clearLeftover(null);
    await this.row.release();
    this.#idle = this.row.foreignOwner === null ? { kind: 'inactive' } : { kind: 'foreign' };
  }

  /** Outside its schedule an LP is logged out and left alone; where another session begins, the run of the one before ends. */
  async #keptOut(record: LpRecord): Promise<boolean> {
    const moment = this.#gate.look(record.config.valid ? record.config.value.session.schedule : null);
    const ended = moment !== null && (!moment.open || moment.sessionStartMs !== this.#sessionStartMs);
    this.#sessionStartMs = moment?.sessionStartMs ?? null;
    if (ended && !(await this.#endRun({ code: 'off-schedule' }, 'End of session'))) return true;
    if (moment === null || moment.open) return false;
    await this.#clearLeftover({ code: 'off-schedule' });
    await this.row.release();
    this.#idle = { kind: 'off-schedule', opensAtMs: moment.nextChangeMs };
    return true;
  }

  /** An error, or what a console that crashed left behind: whoever can own the LP clears it. */
  async #clearLeftover(reason: DisconnectReason | null): Promise<void> {
    if (this.row.status.value === 0 || this.row.foreignOwner !== null || (await this.row.acquire()) !== true) return;
    this.#writeStatus(0, reason);
  }

  /** @returns whether a run must be started in place of this one */
  async #updateRun(run: LpRun, record: LpRecord): Promise<boolean> {
    if (run.stuck) return this.#endRun({ code: 'restarting' }, 'Restarting');
    if (!record.config.valid) {
      // A session that is logged on stays: to end it for a slip of the pen would do more harm. There is no next one.
      if (run.loggedOnAtMs !== null) return false;
      return this.#endRun(configInvalid(record), 'The configuration is invalid', 2);
    }
    if (record.config.value.version === this.#runVersion) return false;
    if (run.failed) return this.#endRun({ code: 'restarting' }, 'Restarting');
    const setup = await this.#setup(record.config.value);
    if (setup !== null && this.#run === run) run.update(setup);
    return false;
  }

  async #start(record: LpRecord): Promise<void> {
    if (!this.#mayRun()) return;
    const { held, status } = this.row;
    const owned = await this.row.acquire();
    if (owned !== true) {
      this.#idle = owned === false ? { kind: 'foreign' } : { kind: 'error' };
      if (owned === null) status.adopt(status.value, { code: 'database-lost' }, this.#deps.clock.nowMs());
      return;
    }
    if (!held) {
      // Until now it may have been another console's: what was read of it before is out of date.
      this.row.outdate();
      this.#deps.readAgain(this.provider);
      return;
    }
    if (!this.#mayRun()) return;
    if (status.value === 1)
      this.#writeStatus(2, { code: 'engine-exit', detail: 'the console that ran it ended without logging out' });
    if (!record.config.valid) {
      this.#idle = { kind: 'error' };
      this.#writeStatus(2, configInvalid(record));
      return;
    }
    const setup = await this.#setup(record.config.value);
    if (setup === null || !this.#mayRun()) return;
    const run: LpRun = new LpRun(
      setup,
      { ...this.#deps.run, clock: this.#deps.clock, owned: () => this.row.held, numbers: this.#numbersOf(this.#sessionStartMs) },
      {
        changed: () => this.#changed(),
        loggedOn: () => {
          if (this.#run === run) this.#writeStatus(1, null);
        },
        down: (reason) => {
          if (this.#run === run) this.#onDown(reason);
        },
        timeline: (entry) => this.timeline.add(entry),
      },
    );
    this.#run = run;
    run.start();
  }

  /** An LP that has just been given a schedule keeps its numbers until the next session: its counterparty does too. */
  #numbersOf(startMs: number | null): RunDeps['numbers'] {
    const { sessionStarts, databaseError } = this.#deps;
    return {
      outdated: () => startMs !== null && (sessionStarts.get(this.provider) ?? startMs) < startMs,
      used: () => {
        if (startMs === null) return;
        try {
          sessionStarts.set(this.provider, startMs);
        } catch (error) {
          databaseError(error);
        }
      },
    };
  }

  #onDown(reason: DisconnectReason): void {
    this.#writeStatus(2, reason);
    // The row became invalid while the session was on: this was its last connection.
    const { record } = this.row;
    if (record === null || record.config.valid) return;
    void this.#endRun(configInvalid(record), 'The configuration is invalid', 2);
    void this.#tasks.run(() => this.#settle());
  }

  /** Everything that an engine is given. @returns null when it cannot be had now; it is tried again when the row is read next */
  async #setup(config: LpConfig): Promise<RunSetup | null> {
    try {
      const settings = this.#deps.engineSettings(config, await this.#deps.store.credentials(this.provider));
      this.#runVersion = config.version;
      return { config, settings };
    } catch (error) {
      this.#deps.databaseError(error);
      if (this.#run !== null) return null;
      this.#idle = { kind: 'error' };
      this.#writeStatus(2, { code: 'store-failed', detail: messageOf(error) });
      return null;
    }
  }

  #mayRun(): boolean {
    return this.#latch() === null && !this.#closing && this.row.desired === 'active';
  }

  /** @returns whether there is nothing left of the run; what does not end is tried again later, and nothing is started beside it */
  async #endRun(reason: DisconnectReason, text: string, status: LpStatus = 0): Promise<boolean> {
    const run = this.#run;
    if (run === null) return true;
    const committed = this.#writeStatus(status, reason)?.committed ?? Promise.resolve();
    const gone = await run.end(reason, text, undefined, async () => {
      await withDeadline(this.#deps.clock, STATUS_FIRST_MS, committed);
    });
    if (gone && this.#run === run) this.#run = null;
    return gone;
  }

  #writeStatus(to: LpStatus, reason: DisconnectReason | null, by: 'owner' | 'anyone' = 'owner'): WrittenStatus | null {
    const { live, attempt = 0 } = this.#run ?? {};
    const numbers = { nextIn: live?.nextIn ?? null, nextOut: live?.nextOut ?? null, attempt: to === 1 ? 0 : attempt };
    return this.row.writeStatus(to, reason, numbers, by);
  }

  #operator(level: TimelineLevel, text: string): void {
    this.timeline.add(operatorEvent(this.#deps.clock.nowMs(), level, text));
  }

  #latch(): KillLatch | null {
    return this.#deps.latch(this.provider);
  }

  #changed(): void {
    this.#deps.changed(this.provider);
  }
}
