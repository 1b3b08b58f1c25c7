import type { Ownership } from '../ports.ts';

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

  /** This console wants the LP no more; `letGo` tells the database. @returns whether it wanted it until now */
  giveUp(): boolean {
    const claimed = this.#claimed;
    this.#claimed = false;
    this.#held = false;
    return claimed;
  }

  /** What was given up is released, unless it is wanted again by now. Rejects when the database does not answer. */
  async letGo(): Promise<void> {
    if (!this.#claimed) await this.#ownership.release(this.#provider);
  }
}
