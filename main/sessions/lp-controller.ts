import type { Clock } from '../contracts/clock.ts';
import type { DisconnectReason } from '../contracts/disconnect-reason.ts';
import type { EngineSettings } from '../contracts/engine-protocol.ts';
import type { LpConfig, LpCredentials } from '../contracts/lp-config.ts';
import type { Desired, KillLatch, LpRecord } from '../contracts/lp-record.ts';
import type { LpView, TimelineEvent } from '../contracts/lp-view.ts';
import { fail, ok, type Result } from '../contracts/result.ts';
import { DatabaseQueue } from './database-queue.ts';
import type { EngineSupervisor } from './engine-supervisor.ts';
import { confirmEvent, endKilledLp, STATUS_FIRST_MS } from './kill-procedure.ts';
import { LpRun, type RunDeps } from './lp-run.ts';
import { LpStatusCell, type WrittenStatus } from './lp-status.ts';
import { type Idle, viewOf } from './lp-view-builder.ts';
import { OwnershipClaim } from './ownership-claim.ts';
import type { EventConfirmation, LpStore, Ownership } from './ports.ts';
import { type StepObserver, withDeadline } from './teardown.ts';
import { type NewTimelineEvent, Timeline } from './timeline.ts';

export interface ControllerDeps {
  readonly clock: Clock;
  readonly store: LpStore;
  readonly ownership: Ownership;
  readonly confirmation: EventConfirmation;
  readonly run: Omit<RunDeps, 'owned' | 'clock'>;
  readonly engineSettings: (config: LpConfig, credentials: LpCredentials) => EngineSettings;
  readonly consoleHost: string;
  readonly latch: (provider: string) => KillLatch | null;
  readonly changed: (provider: string) => void;
  readonly timeline: (event: TimelineEvent) => void;
  readonly databaseError: (error: unknown) => void;
}

const REACQUIRE_MS = 1_000;

/** One LP: what people want of it, whether this console may run it, and its run. Everything but a kill goes through one queue. */
export class LpController {
  readonly provider: string;
  readonly timeline: Timeline;
  readonly #deps: ControllerDeps;
  readonly #writes: DatabaseQueue;
  readonly #status: LpStatusCell;
  #record: LpRecord | null = null;
  #run: LpRun | null = null;
  #runVersion = 0;
  #idle: Idle = { kind: 'inactive' };
  readonly #claim: OwnershipClaim;
  /** Wanted by an operator and not yet in the database. */
  #wanted: Desired | null = null;
  #tail: Promise<unknown> = Promise.resolve();
  #closing = false;

  constructor(provider: string, deps: ControllerDeps) {
    this.provider = provider;
    this.#deps = deps;
    this.#writes = new DatabaseQueue(deps.clock, deps.databaseError);
    this.#status = new LpStatusCell(provider, deps.clock, deps.store, this.#writes, deps.consoleHost);
    this.#claim = new OwnershipClaim(provider, deps.ownership, deps.databaseError);
    this.timeline = new Timeline(provider, deps.timeline);
  }

  get engine(): EngineSupervisor | null {
    return this.#run?.engine ?? null;
  }
  get loggedOn(): boolean {
    return this.#run?.loggedOnAtMs != null;
  }
  get record(): LpRecord | null {
    return this.#record;
  }

  view(): LpView {
    return viewOf(this.provider, {
      record: this.#record,
      run: this.#run,
      idle: this.#idle,
      latch: this.#latch(),
      status: this.#status,
      owned: this.#claim.held ? this.#deps.consoleHost : null,
    });
  }

  /** Takes what the database says now and acts on it. */
  reconcile(record: LpRecord): Promise<void> {
    return this.#queued(async () => {
      this.#record = record;
      this.#writes.wake();
      if (this.#run === null && !this.#claim.held && this.#writes.waiting === 0) {
        this.#status.adopt(record.status, record.statusReason, record.statusAtMs);
      }
      await this.#settle();
      this.#changed();
    });
  }

  /** The operator wants it active: whatever runs is ended gracefully first. */
  activate(record: LpRecord): Promise<Result<null>> {
    if (this.#latch() !== null) return Promise.resolve(killed());
    this.#want('active');
    return this.#queued(async () => {
      if (this.#latch() !== null) return killed();
      this.#record = record;
      this.#operator('Activated');
      await this.#endRun({ code: 'restarting' }, 'Restarting');
      await this.#settle();
      this.#changed();
      return ok(null);
    });
  }

  deactivate(text: string): Promise<Result<null>> {
    this.#want('inactive');
    return this.#queued(async () => {
      this.#operator('Deactivated');
      await this.#endRun({ code: 'deactivated' }, text);
      await this.#settle();
      this.#changed();
      return ok(null);
    });
  }

  restart(): Promise<Result<null>> {
    return this.#queued(async () => {
      if (this.#latch() !== null) return killed();
      if (this.#run === null) return fail('user', 'not-active', `${this.provider} is not active here; activate it instead.`);
      this.#operator('Restart');
      await this.#endRun({ code: 'restarting' }, 'Restarting');
      await this.#settle();
      this.#changed();
      return ok(null);
    });
  }

  /** Ends the session at once; does not queue behind anything. The latch must be set before. @returns whether all is known to be gone */
  async kill(latch: KillLatch, step: StepObserver): Promise<boolean> {
    const { clock, store, confirmation } = this.#deps;
    const reason: DisconnectReason = { code: 'killed', detail: `${latch.by}: ${latch.reason}` };
    this.timeline.add(event(clock.nowMs(), 'Operator', 'attention', `Killed by ${latch.by}: ${latch.reason}`));
    const written = this.#writeStatus(0, reason);
    this.#want('inactive');
    void this.#writes.enqueue(() => store.setKillLatch(this.provider, latch));
    this.#changed();
    const run = this.#run;
    const foreignOwner = this.#idle.kind === 'foreign' ? (this.#record?.owner ?? null) : null;
    const kill = { clock, store, confirmation, provider: this.provider, run, foreignOwner, latch, reason, written, step };
    const gone = await endKilledLp(kill);
    if (gone) {
      if (this.#run === run) this.#run = null;
      void this.#claim.release(clock, this.#writes);
    }
    void confirmEvent(kill);
    this.#changed();
    return gone;
  }

  /** The latch is gone: inactive until somebody activates it. */
  rearmed(): void {
    this.#operator('Re-armed');
    this.#idle = { kind: 'inactive' };
    this.#status.set(0, null, this.#numbers());
    this.#changed();
  }

  /** The connection that holds the locks is gone: sessions run on, no new one begins until ownership is proven again. */
  ownershipLost(): void {
    this.#claim.lost();
    void this.#queued(() => this.#reacquire());
  }

  /** Ends the run for the console's own shutdown; what people want of the LP stays as it is. */
  shutdown(): Promise<void> {
    this.#closing = true;
    return this.#queued(async () => {
      await this.#endRun({ code: 'shutdown' }, 'Console shutting down');
      await this.#claim.release(this.#deps.clock, this.#writes);
    }).then(() => this.#writes.close(2_000).then(() => undefined));
  }

  /** The row is gone. */
  remove(): Promise<void> {
    return this.#queued(async () => {
      this.#closing = true;
      await this.#endRun({ code: 'deactivated', detail: 'the configuration was deleted' }, 'Deactivated');
      await this.#claim.release(this.#deps.clock, this.#writes);
      await this.#writes.close(1_000);
    });
  }

  async #reacquire(): Promise<void> {
    if (this.#run === null || this.#claim.held || this.#closing) return;
    const owned = await this.#claim.acquire();
    if (owned === null) {
      this.#deps.clock.after(REACQUIRE_MS, () => void this.#queued(() => this.#reacquire()));
      return;
    }
    if (owned) {
      this.#run.retryNow();
      return;
    }
    // Another console took it over while we could not prove that it was ours: two Logons must never stand side by side.
    const run = this.#run;
    await run.end({ code: 'owner-lost' }, 'Another console took over');
    this.#run = null;
    this.#idle = { kind: 'foreign' };
    this.#changed();
  }

  async #settle(): Promise<void> {
    const record = this.#record;
    if (record === null || this.#closing) return;
    if (this.#latch() !== null) {
      await this.#endRun({ code: 'killed' }, 'Killed');
      return;
    }
    if ((this.#wanted ?? record.desired) === 'inactive') {
      await this.#settleInactive(record);
      return;
    }
    if (this.#run !== null) {
      await this.#updateRun(this.#run, record);
      if (this.#run !== null) return;
    }
    await this.#start(record);
  }

  async #settleInactive(record: LpRecord): Promise<void> {
    if (this.#run !== null) {
      this.#operator('Set inactive in the database');
      await this.#endRun({ code: 'deactivated' }, 'Deactivated');
    }
    // A console that crashed may have left a status behind; whoever can own the LP clears it.
    if (record.status !== 0 && record.owner === null && !this.#claim.held && (await this.#claim.acquire()) === true) {
      this.#status.adopt(record.status, record.statusReason, record.statusAtMs);
      this.#writeStatus(0, null);
    }
    await this.#claim.release(this.#deps.clock, this.#writes);
    this.#idle = record.owner === null ? { kind: 'inactive' } : { kind: 'foreign' };
  }

  async #updateRun(run: LpRun, record: LpRecord): Promise<void> {
    if (!record.config.valid || record.config.value.version === this.#runVersion) return;
    if (run.failed) {
      await this.#endRun({ code: 'restarting' }, 'Restarting');
      return;
    }
    const config = record.config.value;
    const credentials = await this.#deps.store.credentials(this.provider);
    this.#runVersion = config.version;
    run.update({ config, settings: this.#deps.engineSettings(config, credentials) });
  }

  async #start(record: LpRecord): Promise<void> {
    const owned = await this.#claim.acquire();
    if (this.#latch() !== null || this.#closing) return;
    if (owned !== true) {
      this.#idle = owned === false ? { kind: 'foreign' } : { kind: 'error' };
      if (owned === null) this.#status.adopt(this.#status.value, { code: 'database-lost' }, this.#deps.clock.nowMs());
      return;
    }
    if (record.status === 1)
      this.#writeStatus(2, { code: 'engine-exit', detail: 'the console that ran it ended without logging out' });
    if (!record.config.valid) {
      this.#idle = { kind: 'error' };
      const detail = record.config.problems.map(({ column, rule }) => `${column}: ${rule}`).join('; ');
      this.#writeStatus(2, { code: 'config-invalid', detail });
      return;
    }
    const config = record.config.value;
    const credentials = await this.#deps.store.credentials(this.provider);
    if (this.#latch() !== null || this.#closing) return;
    this.#runVersion = config.version;
    const settings = this.#deps.engineSettings(config, credentials);
    const run: LpRun = new LpRun(
      { config, settings },
      { ...this.#deps.run, clock: this.#deps.clock, owned: () => this.#claim.held },
      {
        changed: () => this.#changed(),
        loggedOn: () => this.#writeStatus(1, null),
        down: (reason) => {
          if (this.#run === run) this.#writeStatus(2, reason);
        },
        timeline: (entry) => this.timeline.add(entry),
      },
    );
    this.#run = run;
    run.start();
  }

  async #endRun(reason: DisconnectReason, text: string): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    const written = this.#writeStatus(0, reason);
    await run.end(reason, text, undefined, () =>
      withDeadline(this.#deps.clock, STATUS_FIRST_MS, written.committed).then(() => undefined),
    );
    if (this.#run === run) this.#run = null;
  }

  #writeStatus(to: 0 | 1 | 2, reason: DisconnectReason | null): WrittenStatus {
    return this.#status.set(to, reason, this.#numbers());
  }

  #numbers(): { nextIn: number | null; nextOut: number | null; attempt: number } {
    const run = this.#run;
    return { nextIn: run?.stats?.nextIn ?? null, nextOut: run?.stats?.nextOut ?? null, attempt: run?.attempt ?? 0 };
  }

  #want(desired: Desired): void {
    this.#wanted = desired;
    void this.#writes
      .enqueue(() => this.#deps.store.setDesired(this.provider, desired))
      .then(() => {
        if (this.#wanted !== desired) return;
        if (this.#record !== null) this.#record = { ...this.#record, desired };
        this.#wanted = null;
      });
  }

  #operator(text: string): void {
    this.timeline.add(event(this.#deps.clock.nowMs(), 'Operator', 'info', text));
  }

  #latch(): KillLatch | null {
    return this.#deps.latch(this.provider);
  }

  #changed(): void {
    this.#deps.changed(this.provider);
  }

  #queued<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch((error: unknown) => this.#deps.databaseError(error));
    return result;
  }
}

const killed = (): Result<null> =>
  fail('user', 'killed', 'It is killed. Re-arm it first: that asks for a reason and the provider typed out.');

const event = (
  atMs: number,
  name: NewTimelineEvent['event'],
  level: NewTimelineEvent['level'],
  text: string,
): NewTimelineEvent => ({
  atMs,
  event: name,
  level,
  direction: null,
  text,
  seqIn: null,
  seqOut: null,
});
