import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { DisconnectReason } from '../../contracts/disconnect-reason.ts';
import type { Desired, KillLatch, LpRecord, LpStatus } from '../../contracts/lp-record.ts';
import type { LpStore, Ownership } from '../ports.ts';
import { LpStatusCell, type StatusNumbers, type WrittenStatus } from './lp-status.ts';
import { OwnershipClaim } from './ownership-claim.ts';
import { WriteQueue } from './write-queue.ts';

export interface KeeperDeps {
  readonly clock: Clock;
  readonly store: LpStore;
  readonly ownership: Ownership;
  readonly consoleHost: string;
  /** Number of the read of the table that began last. */
  readonly lastRead: () => number;
  readonly databaseError: (error: unknown) => void;
}

const LAST_WRITES_MS = 2_000;

/** The row of one LP as this console knows it, and everything that this console writes to it, in order. */
export class RowWriter {
  readonly status: LpStatusCell;
  readonly #provider: string;
  readonly #deps: KeeperDeps;
  readonly #writes: WriteQueue;
  readonly #claim: OwnershipClaim;
  #record: LpRecord | null = null;
  /** A row of a read before this one is out of date. */
  #firstGoodRead = 0;
  /** Wanted by an operator and not yet in the database. */
  #wanted: { readonly desired: Desired } | null = null;

  constructor(provider: string, deps: KeeperDeps) {
    this.#provider = provider;
    this.#deps = deps;
    this.#writes = new WriteQueue(deps.clock, () => this.outdate(), deps.databaseError);
    this.status = new LpStatusCell(provider, deps.clock, deps.consoleHost);
    this.#claim = new OwnershipClaim(provider, deps.ownership, deps.databaseError);
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
    return this.#writes.waiting === 0;
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
    this.#record = record;
    if (!running && this.written) this.status.adopt(record.status, record.statusReason, record.statusAtMs);
  }

  /** Tries at once what waits to be written. */
  wake(): void {
    this.#writes.wake();
  }

  want(desired: Desired): void {
    const wanted = { desired };
    this.#wanted = wanted;
    void this.#writes
      .enqueue(() => this.#deps.store.setDesired(this.#provider, desired))
      .then(() => {
        if (this.#wanted !== wanted) return;
        if (this.#record !== null) this.#record = { ...this.#record, desired };
        this.#wanted = null;
      });
  }

  /**
   * @param by owner: dropped when another console owns the LP by then. anyone: a kill, which every console may write
   * @returns null when the status is that already
   */
  writeStatus(
    to: LpStatus,
    reason: DisconnectReason | null,
    numbers: StatusNumbers,
    by: 'owner' | 'anyone',
  ): WrittenStatus | null {
    return this.status.set(to, reason, numbers, (change) => {
      const write = (): Promise<void> => this.#deps.store.writeStatus(change);
      return this.#writes.enqueue(() => (by === 'anyone' ? write() : this.#claim.asOwner(write)));
    });
  }

  /** The LP's password is another now: a fact, whoever owns the LP by the time it is written. @returns resolves when it is committed */
  passwordChanged(accepted: string): Promise<void> {
    return this.#writes.enqueue(() => this.#deps.store.passwordChanged(this.#provider, accepted));
  }

  writeLatch(latch: KillLatch): void {
    void this.#writes.enqueue(() => this.#deps.store.setKillLatch(this.#provider, latch));
  }

  /** Takes the latch off the database, and leaves the LP inactive. @returns null when that is done; else why not */
  async unlatch(): Promise<string | null> {
    // What this console has still to write would put it back.
    if (!(await this.#writes.flush(LAST_WRITES_MS))) return 'what was to be written before still waits';
    try {
      await this.#deps.store.setDesired(this.#provider, 'inactive');
      await this.#deps.store.setKillLatch(this.#provider, null);
      if (this.#record !== null) this.#record = { ...this.#record, desired: 'inactive', killed: null };
      return null;
    } catch (error) {
      this.#deps.databaseError(error);
      return messageOf(error);
    } finally {
      this.outdate();
    }
  }

  /** @returns whether this console owns the LP now; null when the database could not be asked */
  acquire(): Promise<boolean | null> {
    return this.#claim.acquire();
  }

  /** Gives the LP up, after what is still to be written. */
  release(): Promise<void> {
    return this.#claim.release(this.#deps.clock, this.#writes);
  }

  /** The connection that proves ownership is gone. */
  lost(): void {
    this.#claim.lost();
  }

  async close(): Promise<void> {
    await this.release();
    await this.#writes.close(LAST_WRITES_MS);
  }
}
