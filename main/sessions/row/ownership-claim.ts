import { monotonicMs } from '../../base/monotonic.ts';
import type { Ownership } from '../ports.ts';

/** This console's claim on one LP. */
export class OwnershipClaim {
  readonly #provider: string;
  readonly #ownership: Ownership;
  readonly #onError: (error: unknown) => void;
  /** Whether this console wants the LP, which it may not be able to prove just now. */
  #claimed = false;
  /** The ownership's, while this console has it. */
  #epoch: number | null = null;

  constructor(provider: string, ownership: Ownership, onError: (error: unknown) => void) {
    this.#provider = provider;
    this.#ownership = ownership;
    this.#onError = onError;
  }

  /** Owned, and by our own clock nobody can have taken it since: a console that was frozen knows that before it is told. */
  get held(): boolean {
    const untilMs = this.#ownership.ownedUntilMs();
    return this.#epoch !== null && (untilMs === null || monotonicMs() < untilMs);
  }

  /** @returns whether this console owns the LP now; null when that cannot be told */
  async acquire(): Promise<boolean | null> {
    this.#claimed = true;
    if (this.held) return true;
    try {
      const epoch = await this.#ownership.acquire(this.#provider);
      // Released meanwhile: the release is still to come, and takes it back.
      this.#epoch = this.#claimed ? epoch : null;
      if (epoch === null) this.#claimed = false;
      return this.#epoch !== null;
    } catch (error) {
      this.#onError(error);
      return null;
    }
  }

  /** The connection that held the lock is gone. */
  lost(): void {
    this.#epoch = null;
  }

  /**
   * Runs a write that is the owner's alone, in the epoch of the ownership. One that waited while the database was away is dropped when another
   * console has taken the LP since: that one's word counts. Rejects as `write` does, and when ownership cannot be asked for.
   *
   * @param write answers false when the LP has had another owner since
   */
  async asOwner(write: (epoch: number) => Promise<boolean>): Promise<void> {
    const refused = this.#epoch;
    if (refused !== null && (await write(refused))) return;
    this.#epoch = null;
    const epoch = await this.#ownership.acquire(this.#provider, refused ?? undefined);
    if (epoch === null) return;
    if (this.#claimed) this.#epoch = epoch;
    await write(epoch);
    if (!this.#claimed) await this.#ownership.release(this.#provider);
  }

  /** This console wants the LP no more; `letGo` tells the database. @returns whether it wanted it until now */
  giveUp(): boolean {
    const claimed = this.#claimed;
    this.#claimed = false;
    this.#epoch = null;
    return claimed;
  }

  /** What was given up is released, unless it is wanted again by now. Rejects when the database does not answer. */
  async letGo(): Promise<void> {
    if (!this.#claimed) await this.#ownership.release(this.#provider);
  }
}
