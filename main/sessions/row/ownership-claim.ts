import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import type { Ownership } from '../ports.ts';
import type { WriteQueue } from './write-queue.ts';

const RELEASE_WITHIN_MS = 1_000;

/** This console's claim on one LP. */
export class OwnershipClaim {
  readonly #provider: string;
  readonly #ownership: Ownership;
  readonly #onError: (error: unknown) => void;
  /** Whether this console wants the LP, which it may not be able to prove just now. */
  #claimed = false;
  #held = false;

  constructor(provider: string, ownership: Ownership, onError: (error: unknown) => void) {
    this.#provider = provider;
    this.#ownership = ownership;
    this.#onError = onError;
  }

  get held(): boolean {
    return this.#held;
  }

  /** @returns whether this console owns the LP now; null when the database could not be asked */
  async acquire(): Promise<boolean | null> {
    this.#claimed = true;
    if (this.#held) return true;
    try {
      const owned = await this.#ownership.acquire(this.#provider);
      // Released meanwhile: the release is still to come, and takes it back.
      this.#held = owned && this.#claimed;
      if (!owned) this.#claimed = false;
      return owned;
    } catch (error) {
      this.#onError(error);
      return null;
    }
  }

  /** The connection that held the lock is gone. */
  lost(): void {
    this.#held = false;
  }

  /**
   * Runs a write that is the owner's alone. One that waited while the database was away is dropped when another console has taken
   * the LP since: that one's word counts. Rejects as `write` does, and when ownership cannot be asked for.
   */
  async asOwner(write: () => Promise<void>): Promise<void> {
    if (this.#held) return write();
    if (!(await this.#ownership.acquire(this.#provider))) return;
    if (this.#claimed) this.#held = true;
    await write();
    if (!this.#claimed) await this.#ownership.release(this.#provider);
  }

  /** Gives the LP up, after what is still to be written: the row must say 0 before another console may take it. */
  async release(clock: Clock, writes: WriteQueue): Promise<void> {
    if (!this.#claimed) return;
    this.#claimed = false;
    this.#held = false;
    const released = writes.enqueue(() => (this.#claimed ? Promise.resolve() : this.#ownership.release(this.#provider)));
    await withDeadline(clock, RELEASE_WITHIN_MS, released);
  }
}
