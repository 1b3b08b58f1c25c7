import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { LpConfig, LpCredentials } from '../../contracts/lp-config.ts';
import type { Desired, KillLatch, LpRecord, LpStatus } from '../../contracts/lp-record.ts';
import type { RefusedWrite } from '../../contracts/refused.ts';
import { sameDestination } from '../../contracts/secret-destination.ts';
import type { LpStore, Ownership } from '../ports.ts';
import { withAccepted } from './accepted-password.ts';
import type { KillBatch } from './kill-batch.ts';
import { LpStatusCell, type StatusNumbers } from './lp-status.ts';
import { OwnershipClaim } from './ownership-claim.ts';
import { RowPerformer } from './row-performer.ts';
import { describeWrite, leftOf, type RowWrite, refusedWrite, type StatusAuthor } from './row-write.ts';
import { WriteQueue } from './write-queue.ts';

export interface RowDeps {
  readonly clock: Clock;
  readonly store: LpStore;
  readonly ownership: Ownership;
  readonly killBatch: KillBatch;
  readonly consoleHost: string;
  /** Number of the read of the table that began last. */
  readonly lastRead: () => number;
  readonly databaseError: (error: unknown) => void;
  /** The database will not take a write however often it is asked. */
  readonly refused: (what: string, why: string) => void;
}

const LAST_WRITES_MS = 2_000;
const RELEASE_WITHIN_MS = 1_000;

/** The LP has accepted this NewPassword(925) in a Logon that was made with this configuration. */
interface PasswordChange {
  readonly config: LpConfig;
  readonly accepted: string;
}

export interface WrittenStatus {
  /** Null when only the reason changed: that is no event. */
  readonly eventId: string | null;
  /** Resolves when the change is committed; it is repeated until it is. */
  readonly committed: Promise<void>;
}

const NO_NUMBERS: StatusNumbers = { nextIn: null, nextOut: null, attempt: 0 };

/** The row of one LP as this console knows it, and everything that this console writes to it, in order. */
export class RowWriter {
  readonly status: LpStatusCell;
  readonly #provider: string;
  readonly #deps: RowDeps;
  readonly #writes: WriteQueue<RowWrite>;
  readonly #claim: OwnershipClaim;
  #record: LpRecord | null = null;
  #away = false;
  /** A row of a read before this one is out of date. */
  #firstGoodRead = 0;
  /** Wanted by an operator and not yet in the database. */
  #wanted: { readonly desired: Desired } | null = null;
  #lastStatus: WrittenStatus | null = null;
  /** NewPassword(925) that the LP has accepted and the database does not say yet. */
  #accepted: PasswordChange | null = null;

  constructor(provider: string, deps: RowDeps) {
    this.#provider = provider;
    this.#deps = deps;
    this.#claim = new OwnershipClaim(provider, deps.ownership, deps.databaseError);
    const perform = new RowPerformer(provider, deps.store, this.#claim, deps.killBatch);
    this.#writes = new WriteQueue(deps.clock, {
      perform: (write) => perform.write(write),
      written: () => this.outdate(),
      error: deps.databaseError,
      refused: (write, why) => deps.refused(describeWrite(write), why),
      left: leftOf,
    });
    this.status = new LpStatusCell(provider, deps.clock, deps.consoleHost);
  }

  /** As read last; null before. */
  get record(): LpRecord | null {
    return this.#record;
  }
  /** Whether this console can prove that it owns the LP. */
  get held(): boolean {
    return this.#claim.held;
  }
  /** Whether everything is written. */
  get written(): boolean {
    return this.#writes.waiting === 0 && this.#writes.aside.every(({ left }) => left === null);
  }
  /** What the database refused for good, oldest first. */
  get refused(): readonly RefusedWrite[] {
    return this.#writes.aside.map((one) => refusedWrite(this.#provider, one));
  }
  /** Whether the database is known to be away: the last write failed, or the connection that proves ownership broke, and nothing was read since. */
  get databaseAway(): boolean {
    return this.#away || this.#writes.failing;
  }
  /** What people want; null before it is known. */
  get desired(): Desired | null {
    return this.#wanted?.desired ?? this.#record?.desired ?? null;
  }
  /** Whether an operator of this console has asked for something that the database does not say yet. */
  get asked(): boolean {
    return this.#wanted !== null;
  }
  /** The other console that owns the LP, or null. */
  get foreignOwner(): string | null {
    const owner = this.#record?.owner ?? null;
    return this.held || owner === this.#deps.consoleHost ? null : owner;
  }

  /** Whether a row found by this read is older than what this console has written since. */
  outdated(read: number): boolean {
    return read < this.#firstGoodRead;
  }

  /** What has been read until now is out of date. */
  outdate(): void {
    this.#firstGoodRead = this.#deps.lastRead() + 1;
  }

  /** @param running whether this console runs the LP: then it knows the status better */
  take(record: LpRecord, running: boolean): void {
    this.#away = false;
    this.#record = record;
    if (!running && this.written) this.adoptStatus(record.status, record.statusReason, record.statusAtMs);
  }

  /** What the status is without a write of this console. */
  adoptStatus(status: LpStatus, reason: DisconnectReason | null, atMs: number | null): void {
    this.status.adopt(status, reason, atMs);
    this.#lastStatus = null;
  }

  /** Tries at once what waits to be written. */
  wake(): void {
    this.#writes.wake();
  }

  /** Tries what was refused once more. */
  retryRefused(): void {
    this.#writes.retryAside();
  }

  /** What was refused and is named will never be written; what people wanted holds in this console until they want something else. */
  discardRefused(ids: ReadonlySet<string>): void {
    this.#writes.discardAside(ids);
  }

  want(desired: Desired): void {
    this.#wantedUntil(desired, this.#writes.enqueue({ kind: 'desired', desired }));
  }

  #wantedUntil(desired: Desired, written: Promise<void>): void {
    const wanted = { desired };
    this.#wanted = wanted;
    void written.then(() => {
      if (this.#wanted !== wanted) return;
      if (this.#record !== null) this.#record = { ...this.#record, desired };
      this.#wanted = null;
    });
  }

  /** Latch, status 0, and that it is to be inactive. @returns as `writeStatus` */
  kill(latch: KillLatch, reason: DisconnectReason, numbers: StatusNumbers = NO_NUMBERS): WrittenStatus | null {
    const change = this.status.set(0, reason, numbers);
    const committed = this.#writes.enqueue({ kind: 'kill', latch, change });
    this.#wantedUntil('inactive', committed);
    if (change !== null) this.#lastStatus = { eventId: change.from === 0 ? null : change.eventId, committed };
    return this.#lastStatus;
  }

  /**
   * Changes the status, with its event, in the order of the changes.
   *
   * @returns the write; when the status is that already, the write that made it so, null when that was none of this console's
   */
  writeStatus(
    to: LpStatus,
    reason: DisconnectReason | null,
    numbers: StatusNumbers = NO_NUMBERS,
    by: StatusAuthor = 'owner',
  ): WrittenStatus | null {
    const change = this.status.set(to, reason, numbers);
    if (change === null) return this.#lastStatus;
    const committed = this.#writes.enqueue({ kind: 'status', change, by });
    this.#lastStatus = { eventId: change.from === to ? null : change.eventId, committed };
    return this.#lastStatus;
  }

  /** The LP's password is another now: a fact, whoever owns the LP by the time it is written. */
  passwordChanged(config: LpConfig, accepted: string): void {
    const change = { config, accepted };
    this.#accepted = change;
    void this.#writes.enqueue({ kind: 'password', ...change }).then(() => {
      if (this.#accepted === change) this.#accepted = null;
    });
  }

  /** Secrets for the destination of a configuration, as they are now: with a NewPassword(925) that was accepted there. Rejects when they cannot be had. */
  async credentials(config: LpConfig): Promise<LpCredentials> {
    const credentials = await this.#deps.store.credentials(config);
    const changed = this.#accepted;
    return changed === null || !sameDestination(changed.config, config)
      ? credentials
      : withAccepted(credentials, changed.accepted);
  }

  writeLatch(latch: KillLatch): void {
    void this.#writes.enqueue({ kind: 'latch', latch });
  }

  /**
   * Takes the latch of this incident off the database, and leaves the LP inactive.
   *
   * @returns killed: another latch stands; away: nothing was done
   */
  async unlatch(incidentId: string): Promise<'lifted' | 'killed' | 'away'> {
    // What this console has still to write would put it back.
    if (!(await this.#writes.flush(LAST_WRITES_MS))) return 'away';
    try {
      const lifted = await this.#deps.store.liftKillLatch(this.#provider, incidentId);
      if (lifted && this.#record !== null) this.#record = { ...this.#record, desired: 'inactive', killed: null };
      return lifted ? 'lifted' : 'killed';
    } catch (error) {
      this.#deps.databaseError(error);
      return 'away';
    } finally {
      this.outdate();
    }
  }

  /** @returns whether this console owns the LP now; null when the database could not be asked */
  acquire(): Promise<boolean | null> {
    return this.#claim.acquire();
  }

  /** Gives the LP up, after what is still to be written: the row must say 0 before another console may take it. */
  async release(): Promise<void> {
    if (!this.#claim.giveUp()) return;
    await withDeadline(this.#deps.clock, RELEASE_WITHIN_MS, this.#writes.enqueue({ kind: 'release' }));
  }

  /** The connection that proves ownership is gone. */
  lost(): void {
    this.#away = true;
    this.#claim.lost();
  }

  async close(): Promise<void> {
    await this.release();
    await this.#writes.close(LAST_WRITES_MS);
  }
}
