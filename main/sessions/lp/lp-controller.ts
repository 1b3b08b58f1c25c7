import { messageOf } from '../../base/errors.ts';
import { SerialQueue } from '../../base/serial-queue.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { KillLatch, LpRecord } from '../../contracts/lp-record.ts';
import type { LpView, TimelineEvent, TimelineLevel } from '../../contracts/lp-view.ts';
import { ok, type Result } from '../../contracts/result.ts';
import { type GateDeps, ScheduleGate } from '../connect/schedule-gate.ts';
import type { EngineSupervisor } from '../engine/engine-supervisor.ts';
import type { StepObserver } from '../engine/teardown.ts';
import type { EventConfirmation } from '../kill/event-confirmation.ts';
import { confirmEvent, endKilledLp } from '../kill/kill-procedure.ts';
import type { OwnershipLoss } from '../ports.ts';
import { OwnershipWatch } from '../row/ownership-watch.ts';
import type { WrittenStatus } from '../row/row-writer.ts';
import { type RowDeps, RowWriter } from '../row/row-writer.ts';
import { type DesiredState, desiredState, type Facts, type OwnershipFact, type Waiting } from './desired-state.ts';
import { killedBy, notActive, notEnded, stillKilled } from './failures.ts';
import { type Idle, viewOf } from './lp-view.ts';
import { RunSlot, type SlotDeps } from './run-slot.ts';
import { operatorEvent, Timeline } from './timeline.ts';

export interface ControllerDeps extends RowDeps, SlotDeps, GateDeps {
  readonly confirmation: EventConfirmation;
  readonly latch: (provider: string) => KillLatch | null;
  /** Asks for the row to be read again. */
  readonly readAgain: (provider: string) => void;
  readonly changed: (provider: string) => void;
  readonly timeline: (event: TimelineEvent) => void;
}

/**
 * One LP: what people want of it, whether this console may run it, and its run. What begins a session goes through one queue; what
 * ends one does not wait in it. What is to be done is decided by `desiredState`; the controller gathers the facts and does it.
 */
export class LpController {
  readonly provider: string;
  readonly timeline: Timeline;
  readonly row: RowWriter;
  readonly #deps: ControllerDeps;
  readonly #slot: RunSlot;
  readonly #gate: ScheduleGate;
  readonly #watch: OwnershipWatch;
  readonly #tasks = new SerialQueue();
  readonly #changed: () => void;
  #idle: Idle = { kind: 'inactive' };
  /** The row that is to be acted on next. */
  #waiting: { readonly record: LpRecord; readonly read: number; readonly done: Promise<void> } | null = null;
  #closing = false;

  constructor(provider: string, deps: ControllerDeps) {
    this.provider = provider;
    this.#deps = deps;
    this.#changed = () => deps.changed(provider);
    this.row = new RowWriter(provider, deps);
    this.timeline = new Timeline(provider, deps.timeline);
    this.#gate = new ScheduleGate(provider, deps, () => this.#settleSoon());
    this.#watch = new OwnershipWatch(deps.clock, {
      prove: () => void this.#inTurn(() => (this.running ? this.#reacquire() : this.#settle())),
      fence: () => this.#fence(),
    });
    const scope = { provider, clock: deps.clock, row: this.row, timeline: this.timeline, changed: this.#changed };
    this.#slot = new RunSlot(scope, deps, () => {
      // The row became invalid while the session was on: this was its last connection.
      if (this.row.record?.config.valid === false) this.#settleSoon();
    });
  }

  get engine(): EngineSupervisor | null {
    return this.#slot.run?.engine ?? null;
  }
  get running(): boolean {
    return this.#slot.run !== null;
  }
  get loggedOn(): boolean {
    return this.#slot.run?.loggedOnAtMs != null;
  }

  view(): LpView {
    return viewOf(this.provider, {
      record: this.row.record,
      run: this.#slot.run,
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
    const done = this.#inTurn(async () => {
      const latest = this.#waiting ?? { record, read };
      this.#waiting = null;
      this.row.wake();
      if (this.row.outdated(latest.read)) {
        this.#deps.readAgain(this.provider);
        return;
      }
      this.row.take(latest.record, this.running);
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
    if (!this.running) return Promise.resolve(notActive(this.provider));
    return this.#again('Restart');
  }

  async deactivate(text: string): Promise<Result<null>> {
    const reason: DisconnectReason = { code: 'deactivated' };
    this.row.want('inactive');
    this.#operator('info', 'Deactivated');
    if (!this.running && this.row.held) this.#slot.writeStatus(0, reason);
    const gone = await this.#slot.end(reason, text);
    this.#settleSoon();
    return gone ? ok(null) : notEnded(this.view());
  }

  /** Ends the session at once. The latch must be set before. @returns whether all is known to be gone */
  async kill(latch: KillLatch, step: StepObserver): Promise<boolean> {
    const { clock, store, confirmation } = this.#deps;
    const reason = killedBy(latch);
    const { run } = this.#slot;
    const foreignOwner = run === null ? this.row.foreignOwner : null;
    const writeZero = (): WrittenStatus | null => this.#slot.writeStatus(0, reason, 'anyone');
    const kill = { clock, store, confirmation, provider: this.provider, run, foreignOwner, latch, reason, writeZero, step };
    const ended = endKilledLp(kill);
    this.row.writeLatch(latch);
    this.row.want('inactive');
    this.#operator('attention', `Killed by ${latch.by}: ${latch.reason}`);
    const { gone, written } = await ended;
    if (gone) {
      this.#slot.forget(run);
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
    if (where === 'here') this.#slot.writeStatus(0, null, 'anyone');
    this.#changed();
  }

  /**
   * The connection that holds the locks is gone: no new session begins until ownership is proven again. One that is on stays, unless
   * another console could take the LP over: then it is logged out before the lease ends.
   */
  ownershipLost(loss: OwnershipLoss): void {
    this.row.lost();
    this.#watch.lost(loss, this.#slot.run?.config.session.logoutAckMs ?? null);
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
    this.#watch.close();
    await this.#slot.end(reason, text);
    await this.row.close();
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tasks.run(task);
    result.then(() => this.#changed(), this.#deps.databaseError);
    return result;
  }

  #again(done: string): Promise<Result<null>> {
    return this.#inTurn(async () => {
      this.#operator('info', done);
      if (!(await this.#slot.end({ code: 'restarting' }, 'Restarting'))) return notEnded(this.view());
      await this.#settle();
      return this.#latch() === null ? ok(null) : stillKilled(this.provider);
    });
  }

  async #reacquire(): Promise<void> {
    if (this.row.held || this.#closing) return;
    const owned = await this.row.acquire();
    if (owned === null) this.#watch.notAnswered();
    else this.#watch.close();
    if (owned !== false) return;
    // Another console took it over while we could not prove that it was ours: two Logons must never stand side by side.
    await this.#slot.endSilently({ code: 'owner-lost' }, 'Another console took over');
    this.#idle = { kind: 'foreign' };
    this.#deps.readAgain(this.provider);
  }

  #fence(): void {
    if (this.row.held || !this.running) return;
    this.#idle = { kind: 'error' };
    void this.#slot.end({ code: 'database-lost', detail: 'another console may take the LP over' }, 'Ownership lost', 2);
  }

  /** Does what the facts ask for, until nothing is left to be done. */
  async #settle(): Promise<void> {
    let ownership: OwnershipFact = this.row.held ? 'ours' : 'unasked';
    for (;;) {
      const { record } = this.row;
      if (record === null || this.#closing) return;
      const next = desiredState(this.#facts(record, ownership));
      switch (next.kind) {
        case 'start':
          this.#clearDeadStatus();
          await this.#tryTo(() => this.#slot.start(next.config, this.#gate.numbers, () => this.#mayRun()));
          return;
        case 'keep': {
          const { config } = next;
          if (config !== null) await this.#tryTo(() => this.#slot.update(config));
          return;
        }
        case 'end':
          if (!(await this.#end(next))) return;
          break;
        case 'wait':
          if (next.waiting.for !== 'ownership' || next.waiting.asked !== 'not-yet') {
            await this.#wait(next.waiting, record);
            return;
          }
          ownership = await this.#askOwnership();
          break;
        default:
          next satisfies never;
      }
    }
  }

  #facts(record: LpRecord, ownership: OwnershipFact): Facts {
    const { run } = this.#slot;
    const { config } = record;
    const latch = this.#latch();
    const desired = this.row.desired ?? record.desired;
    const scheduled = latch === null && desired === 'active';
    if (!scheduled) this.#gate.close();
    // A row that became invalid says nothing of a schedule: the session that is on keeps its own.
    const schedule = (config.valid ? config.value : run?.config)?.session.schedule ?? null;
    return {
      record,
      desired,
      latch,
      schedule: scheduled ? this.#gate.look(schedule) : null,
      ownership,
      run: run && {
        loggedOn: run.loggedOnAtMs !== null,
        failed: run.failed,
        stuck: run.stuck,
        outdated: config.valid && !this.#slot.has(config.value),
      },
    };
  }

  /** @returns whether there is nothing left of the run */
  #end({ reason, text, status }: Extract<DesiredState, { kind: 'end' }>): Promise<boolean> {
    if (reason.code === 'deactivated' && !this.row.asked) this.#operator('info', 'Set inactive in the database');
    return status === null ? this.#slot.endSilently(reason, text) : this.#slot.end(reason, text, status);
  }

  async #askOwnership(): Promise<OwnershipFact> {
    const { held } = this.row;
    const owned = await this.row.acquire();
    if (owned === null) return 'unanswered';
    if (!owned) return 'foreign';
    return held ? 'ours' : 'taken';
  }

  async #wait(waiting: Waiting, record: LpRecord): Promise<void> {
    switch (waiting.for) {
      case 're-arm':
        // Killed while the database was away, and this console started again since: the others must learn of it.
        if (record.killed === null && this.row.written) {
          this.row.writeLatch(waiting.latch);
          this.row.want('inactive');
        }
        await this.#letGo(killedBy(waiting.latch));
        return;
      case 'activation':
        await this.#letGo(null);
        this.#idle = this.row.foreignOwner === null ? { kind: 'inactive' } : { kind: 'foreign' };
        return;
      case 'opening':
        await this.#letGo({ code: 'off-schedule' });
        this.#idle = { kind: 'off-schedule', opensAtMs: waiting.atMs };
        return;
      case 'ownership':
        if (waiting.asked === 'foreign') {
          this.#idle = { kind: 'foreign' };
          return;
        }
        this.#idle = { kind: 'error' };
        this.row.adoptStatus(this.row.status.value, { code: 'database-lost' }, this.#deps.clock.nowMs());
        this.#watch.notAnswered();
        return;
      case 'reading':
        this.row.outdate();
        this.#deps.readAgain(this.provider);
        return;
      case 'valid-configuration':
        this.#clearDeadStatus();
        this.#idle = { kind: 'error' };
        this.#slot.writeStatus(2, waiting.reason);
        return;
      default:
        waiting satisfies never;
    }
  }

  /** Gives the LP up; an error, or what a console that crashed left behind, is cleared by whoever can own it. */
  async #letGo(reason: DisconnectReason | null): Promise<void> {
    const { status, foreignOwner } = this.row;
    if (status.value !== 0 && foreignOwner === null && (await this.row.acquire()) === true) this.#slot.writeStatus(0, reason);
    await this.row.release();
  }

  /** A status 1 without a run: the console that ran it died. */
  #clearDeadStatus(): void {
    if (this.row.status.value !== 1) return;
    this.#slot.writeStatus(2, { code: 'engine-exit', detail: 'the console that ran it ended without logging out' });
  }

  /** What cannot be had now is an error of the LP; it is tried again when the row is read next. */
  async #tryTo(begin: () => Promise<void>): Promise<void> {
    try {
      await begin();
    } catch (error) {
      this.#deps.databaseError(error);
      if (this.running) return;
      this.#idle = { kind: 'error' };
      this.#slot.writeStatus(2, { code: 'store-failed', detail: messageOf(error) });
    }
  }

  #mayRun(): boolean {
    return this.#latch() === null && !this.#closing && this.row.desired === 'active';
  }

  #settleSoon(): void {
    void this.#inTurn(() => this.#settle());
  }

  #operator(level: TimelineLevel, text: string): void {
    this.timeline.add(operatorEvent(this.#deps.clock.nowMs(), level, text));
  }

  #latch(): KillLatch | null {
    return this.#deps.latch(this.provider);
  }
}
