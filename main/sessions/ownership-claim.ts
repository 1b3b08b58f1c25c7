import type { Clock } from '../contracts/clock.ts';
import type { DatabaseQueue } from './database-queue.ts';
import type { Ownership } from './ports.ts';
import { withDeadline } from './teardown.ts';

const RELEASE_WITHIN_MS = 1_000;

/** This console's claim on one LP. */
export class OwnershipClaim {
  readonly #provider: string;
  readonly #ownership: Ownership;
  readonly #onError: (error: unknown) => void;
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
    if (this.#held) return true;
    try {
      this.#held = await this.#ownership.acquire(this.#provider);
      return this.#held;
    } catch (error) {
      this.#onError(error);
      return null;
    }
  }

  /** The connection that held the lock is gone. */
  lost(): void {
    this.#held = false;
  }

  /** Gives the LP up, after what is still to be written: the row must say 0 before another console may take it. */
  async release(clock: Clock, writes: DatabaseQueue): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    await withDeadline(
      clock,
      RELEASE_WITHIN_MS,
      writes.enqueue(() => (this.#held ? Promise.resolve() : this.#ownership.release(this.#provider))),
    );
  }
}
