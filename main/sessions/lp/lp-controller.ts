import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { KillLatch, LpRecord } from '../../contracts/lp-record.ts';
import type { LpView, TimelineEvent, TimelineLevel } from '../../contracts/lp-view.ts';
import { ok, type Result } from '../../contracts/result.ts';
import type { KillEvidence } from '../../contracts/stored-incident.ts';
import type { EngineSupervisor } from '../engine/engine-supervisor.ts';
import type { StepObserver } from '../engine/teardown.ts';
import type { EventConfirmation } from '../kill/event-confirmation.ts';
import { evidenceAtEnd, evidenceAtPress, type ReadMessages } from '../kill/evidence.ts';
import { confirmEvent, endKilledLp } from '../kill/kill-procedure.ts';
import type { OwnershipLoss } from '../ports.ts';
import { type RowDeps, RowWriter, type WrittenStatus } from '../row/row-writer.ts';
import { killedBy, notActive, notEnded, stillKilled, unusable } from './failures.ts';
import { LpReconciler, type ReconcilerDeps } from './lp-reconciler.ts';
import { stateOf, viewOf } from './lp-view.ts';
import { RunSlot, type SlotDeps } from './run-slot.ts';
import { operatorEvent, Timeline } from './timeline.ts';
import { Trouble } from './trouble.ts';

export interface ControllerDeps extends Omit<RowDeps, 'refused'>, SlotDeps, ReconcilerDeps {
  readonly confirmation: EventConfirmation;
  readonly readMessages: ReadMessages;
  readonly evidence: (incidentId: string, evidence: KillEvidence) => void;
  readonly changed: (provider: string) => void;
  readonly timeline: (event: TimelineEvent) => void;
}

/**
 * One LP: what people want of it, whether this console may run it, and its run. What begins a session goes through the reconciler's queue;
 * what ends one does not wait in it.
 */
export class LpController {
  readonly provider: string;
  readonly timeline: Timeline;
  readonly row: RowWriter;
  readonly #deps: ControllerDeps;
  readonly #slot: RunSlot;
  readonly #reconciler: LpReconciler;
  readonly #changed: () => void;
  readonly #trouble = new Trouble();
  #lookAgain: () => void = () => undefined;
  /** The evidence of the last kill, until it is handed over. */
  #gathering: Promise<void> = Promise.resolve();

  constructor(provider: string, deps: ControllerDeps) {
    this.provider = provider;
    this.#deps = deps;
    this.#changed = () => {
      this.#lookForTrouble();
      deps.changed(provider);
    };
    this.row = new RowWriter(provider, {
      ...deps,
      refused: (what, why) => {
        this.#operator('alarm', `The database refuses to write ${what}: ${why}. It is kept on the Audit screen, to be retried`);
        deps.changed(provider);
      },
    });
    this.timeline = new Timeline(provider, deps.timeline);
    const scope = { provider, clock: deps.clock, row: this.row, timeline: this.timeline, changed: this.#changed };
    this.#slot = new RunSlot(scope, deps, () => {
      // The row became unusable while the session was on: this was its last connection.
      if (this.row.record !== null && unusable(this.row.record) !== null) this.#reconciler.settleSoon();
    });
    this.#reconciler = new LpReconciler(scope, this.#slot, deps);
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
      ...this.#facts(),
      status: this.row.status,
      last: this.#slot.last,
      consoleHost: this.#deps.consoleHost,
      trouble: this.#trouble.value,
      owned: this.row.held,
    });
  }

  #facts() {
    return { record: this.row.record, run: this.#slot.run, idle: this.#reconciler.idle, latch: this.#latch() };
  }

  #lookForTrouble(): void {
    const facts = this.#facts();
    this.#lookAgain();
    const againMs = this.#trouble.look(
      {
        state: stateOf(facts),
        status: this.row.status.value,
        silent: facts.run?.live.stats?.silentSinceMs != null,
        wanted: this.row.desired === 'active',
      },
      this.#deps.clock.nowMs(),
    );
    this.#lookAgain = againMs === null ? () => undefined : this.#deps.clock.after(againMs, this.#changed);
  }

  /** Takes what the database says and acts on it; a row that is out of date is read again. Of rows that wait, the latest counts. */
  take(record: LpRecord, read: number): Promise<void> {
    return this.#reconciler.take(record, read);
  }

  /** See LpReconciler. */
  ownershipLost(loss: OwnershipLoss): void {
    this.#reconciler.ownershipLost(loss);
  }

  /** See LpRun. */
  ownedUntil(): void {
    this.#slot.run?.ownedUntil();
  }

  /** The operator wants it active: whatever runs is ended gracefully first. The row must have been read just now. */
  activate(): Promise<Result<null>> {
    // The row was read just now: a latch that it has holds, whatever this console knows of it.
    if (this.#latch() !== null || this.row.record?.killed != null) return Promise.resolve(stillKilled(this.provider));
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
    this.#reconciler.settleSoon();
    return gone ? ok(null) : notEnded(this.view());
  }

  /**
   * Ends the session at once. The latch must be in force before.
   *
   * @returns whether all is known to be gone
   */
  async kill(latch: KillLatch, step: StepObserver): Promise<boolean> {
    const { clock, store, confirmation } = this.#deps;
    const reason = killedBy(latch);
    const { run } = this.#slot;
    const foreignOwner = run === null ? this.row.foreignOwner : null;
    const writeZero = (): WrittenStatus | null => this.#slot.writeKill(latch, reason);
    const kill = {
      clock,
      store,
      confirmation,
      provider: this.provider,
      run,
      foreignOwner,
      latch,
      reason,
      writeZero,
      databaseAway: this.row.databaseAway,
      step,
    };
    const ended = endKilledLp(kill);
    this.#operator('attention', `Killed by ${latch.by}: ${latch.reason}`);
    const evidence = run === null ? null : evidenceAtPress(run);
    if (evidence !== null) this.#deps.evidence(latch.incidentId, evidence);
    const { gone, written } = await ended;
    if (evidence !== null && run !== null)
      this.#gathering = evidenceAtEnd(clock, evidence, run, this.#deps.readMessages).then((whole) =>
        this.#deps.evidence(latch.incidentId, whole),
      );
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
    this.#reconciler.idle = { kind: 'inactive' };
    if (where === 'here') this.#slot.writeStatus(0, null, 'anyone');
    this.#changed();
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
    this.#reconciler.close();
    this.#lookAgain();
    await this.#slot.end(reason, text);
    // A console that is ended right after a kill keeps what the log says of it.
    await this.#gathering;
    await this.row.close();
  }

  #again(done: string): Promise<Result<null>> {
    return this.#reconciler.inTurn(async () => {
      this.#operator('info', done);
      if (!(await this.#slot.end({ code: 'restarting' }, 'Restarting'))) return notEnded(this.view());
      await this.#reconciler.settle();
      return this.#latch() === null ? ok(null) : stillKilled(this.provider);
    });
  }

  #operator(level: TimelineLevel, text: string): void {
    this.timeline.add(operatorEvent(this.#deps.clock.nowMs(), level, text));
  }

  #latch(): KillLatch | null {
    return this.#deps.latch(this.provider);
  }
}
