import { messageOf } from '../../base/errors.ts';
import { SerialQueue } from '../../base/serial-queue.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { KillLatch, LpRecord } from '../../contracts/lp-record.ts';
import { compIdsOf } from '../../contracts/session-identity.ts';
import { type GateDeps, ScheduleGate } from '../connect/schedule-gate.ts';
import type { OwnershipLoss } from '../ports.ts';
import { OwnershipWatch } from '../row/ownership-watch.ts';
import { type DesiredState, desiredState, type Facts, type OwnershipFact, type Waiting } from './desired-state.ts';
import { killedBy } from './failures.ts';
import type { LpScope } from './lp-scope.ts';
import type { Idle } from './lp-view.ts';
import type { RunSlot } from './run-slot.ts';
import { operatorEvent } from './timeline.ts';

export interface ReconcilerDeps extends GateDeps {
  readonly latch: (provider: string) => KillLatch | null;
  /** Asks for the row to be read again. */
  readonly readAgain: (provider: string) => void;
}

/**
 * Makes one LP do what it should: gathers the facts, asks `desiredState`, and does what it says. One task at a time, in the order in which
 * they were asked for.
 */
export class LpReconciler {
  /** What the LP is while it has no run. */
  idle: Idle = { kind: 'inactive' };
  readonly #scope: LpScope;
  readonly #deps: ReconcilerDeps;
  readonly #slot: RunSlot;
  readonly #gate: ScheduleGate;
  readonly #watch: OwnershipWatch;
  readonly #tasks = new SerialQueue();
  /** The row that is to be acted on next. */
  #next: { readonly record: LpRecord; readonly read: number; readonly done: Promise<void> } | null = null;
  #closing = false;

  constructor(scope: LpScope, slot: RunSlot, deps: ReconcilerDeps) {
    this.#scope = scope;
    this.#slot = slot;
    this.#deps = deps;
    this.#gate = new ScheduleGate(scope.provider, deps, () => this.settleSoon());
    this.#watch = new OwnershipWatch(deps.clock, {
      prove: () => void this.inTurn(() => (slot.run === null ? this.settle() : this.#reacquire())),
      fence: () => this.#fence(),
      cut: () => {
        if (!this.#scope.row.held) this.#slot.run?.engine?.kill();
      },
    });
  }

  /** Takes what the database says and acts on it; a row that is out of date is read again. Of rows that wait, the latest counts. */
  take(record: LpRecord, read: number): Promise<void> {
    if (this.#next !== null) {
      this.#next = { ...this.#next, record, read };
      return this.#next.done;
    }
    const done = this.inTurn(async () => {
      const latest = this.#next ?? { record, read };
      this.#next = null;
      this.#scope.row.wake();
      if (this.#scope.row.outdated(latest.read)) {
        this.#deps.readAgain(this.#scope.provider);
        return;
      }
      this.#scope.row.take(latest.record, this.#slot.run !== null);
      await this.settle();
    });
    this.#next = { record, read, done };
    return done;
  }

  /** Runs a task after those that were asked for before. @returns what it returns; a failure is reported, too */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tasks.run(task);
    result.then(() => this.#scope.changed(), this.#deps.databaseError);
    return result;
  }

  /** Does what the facts ask for, until nothing is left to be done. */
  async settle(): Promise<void> {
    let ownership: OwnershipFact = this.#scope.row.held ? 'ours' : 'unasked';
    for (;;) {
      const { record } = this.#scope.row;
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
    const latch = this.#deps.latch(this.#scope.provider);
    const desired = this.#scope.row.desired ?? record.desired;
    const scheduled = latch === null && desired === 'active';
    if (!scheduled) this.#gate.close();
    // A row that became invalid says nothing of a schedule: the session that is on keeps its own.
    const known = config.valid ? config.value : run?.config;
    const compIds = known === undefined ? null : compIdsOf(known);
    return {
      record,
      desired,
      latch,
      schedule: scheduled ? this.#gate.look(known?.session.schedule ?? null, compIds) : null,
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
    if (reason.code === 'deactivated' && !this.#scope.row.asked)
      this.#scope.timeline.add(operatorEvent(this.#deps.clock.nowMs(), 'info', 'Set inactive in the database'));
    return status === null ? this.#slot.endSilently(reason, text) : this.#slot.end(reason, text, status);
  }

  async #askOwnership(): Promise<OwnershipFact> {
    const { held } = this.#scope.row;
    const owned = await this.#scope.row.acquire();
    if (owned === null) return 'unanswered';
    if (!owned) return 'foreign';
    return held ? 'ours' : 'taken';
  }

  async #wait(waiting: Waiting, record: LpRecord): Promise<void> {
    switch (waiting.for) {
      case 're-arm':
        // Killed while the database was away, and this console started again since: the others must learn of it.
        if (record.killed === null && this.#scope.row.written) {
          this.#scope.row.writeLatch(waiting.latch);
          this.#scope.row.want('inactive');
        }
        await this.#letGo(killedBy(waiting.latch));
        return;
      case 'activation':
        await this.#letGo(null);
        this.idle = this.#scope.row.foreignOwner === null ? { kind: 'inactive' } : { kind: 'foreign' };
        return;
      case 'opening':
        await this.#letGo({ code: 'off-schedule' });
        this.idle = { kind: 'off-schedule', opensAtMs: waiting.atMs };
        return;
      case 'ownership':
        if (waiting.asked === 'foreign') {
          this.idle = { kind: 'foreign' };
          return;
        }
        this.idle = { kind: 'error' };
        this.#scope.row.adoptStatus(this.#scope.row.status.value, { code: 'database-lost' }, this.#deps.clock.nowMs());
        this.#watch.notAnswered();
        return;
      case 'reading':
        this.#scope.row.outdate();
        this.#deps.readAgain(this.#scope.provider);
        return;
      case 'valid-configuration':
        this.#clearDeadStatus();
        this.idle = { kind: 'error' };
        this.#slot.writeStatus(2, waiting.reason);
        return;
      default:
        waiting satisfies never;
    }
  }

  /** Gives the LP up; an error, or what a console that crashed left behind, is cleared by whoever can own it. */
  async #letGo(reason: DisconnectReason | null): Promise<void> {
    const { status, foreignOwner } = this.#scope.row;
    if (status.value !== 0 && foreignOwner === null && (await this.#scope.row.acquire()) === true)
      this.#slot.writeStatus(0, reason);
    await this.#scope.row.release();
  }

  /** A status 1 without a run: the console that ran it died. */
  #clearDeadStatus(): void {
    if (this.#scope.row.status.value !== 1) return;
    this.#slot.writeStatus(2, { code: 'engine-exit', detail: 'the console that ran it ended without logging out' });
  }

  /**
   * The connection that holds the locks is gone: no new session begins until ownership is proven again. One that is on stays, unless
   * another console could take the LP over: then it is logged out before the lease ends.
   */
  ownershipLost(loss: OwnershipLoss): void {
    this.#scope.row.lost();
    this.#watch.lost(loss);
  }

  /** Begins nothing any more. */
  close(): void {
    this.#closing = true;
    this.#gate.close();
    this.#watch.close();
  }

  settleSoon(): void {
    void this.inTurn(() => this.settle());
  }

  async #reacquire(): Promise<void> {
    if (this.#scope.row.held || this.#closing) return;
    const owned = await this.#scope.row.acquire();
    if (owned === null) this.#watch.notAnswered();
    else this.#watch.close();
    this.#slot.run?.ownedUntil();
    if (owned !== false) return;
    // Another console took it over while we could not prove that it was ours: two Logons must never stand side by side.
    await this.#slot.endSilently({ code: 'owner-lost' }, 'Another console took over');
    this.idle = { kind: 'foreign' };
    this.#deps.readAgain(this.#scope.provider);
  }

  #fence(): void {
    if (this.#scope.row.held || this.#slot.run === null) return;
    this.idle = { kind: 'error' };
    void this.#slot.end({ code: 'database-lost', detail: 'another console may take the LP over' }, 'Ownership lost', 2);
  }

  /** What cannot be had now is an error of the LP; it is tried again when the row is read next. */
  async #tryTo(begin: () => Promise<void>): Promise<void> {
    try {
      await begin();
    } catch (error) {
      this.#deps.databaseError(error);
      if (this.#slot.run !== null) return;
      this.idle = { kind: 'error' };
      this.#slot.writeStatus(2, { code: 'store-failed', detail: messageOf(error) });
    }
  }

  #mayRun(): boolean {
    return this.#deps.latch(this.#scope.provider) === null && !this.#closing && this.#scope.row.desired === 'active';
  }
}
