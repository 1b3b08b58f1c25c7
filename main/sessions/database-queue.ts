import type { Clock } from '../contracts/clock.ts';

interface Write {
  readonly run: () => Promise<void>;
  readonly done: () => void;
}

const RETRY_MS = 1_000;

/**
 * Writes to the database in order, kept and repeated while the database is away: what happened to a session must not be lost,
 * and nothing that ends a session may wait for it.
 */
export class DatabaseQueue {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #writes: Write[] = [];
  #running = false;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  get waiting(): number {
    return this.#writes.length;
  }

  /** @returns resolves when the write is committed; never rejects, it is repeated until it is. */
  enqueue(run: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#writes.push({ run, done: resolve });
      void this.#drain();
    });
  }

  /** Tries at once what waits, as when the database is known to be back. */
  wake(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    void this.#drain();
  }

  /** Waits for what is queued, at most `deadlineMs`; then gives up. @returns how many writes were given up */
  async close(deadlineMs: number): Promise<number> {
    if (this.#writes.length > 0) {
      await Promise.race([
        this.enqueue(() => Promise.resolve()),
        new Promise<void>((resolve) => this.#clock.after(deadlineMs, resolve)),
      ]);
    }
    this.#closed = true;
    this.#cancelRetry?.();
    return this.#writes.length;
  }

  async #drain(): Promise<void> {
    if (this.#running || this.#closed || this.#cancelRetry !== null) return;
    this.#running = true;
    try {
      for (let write = this.#writes[0]; write !== undefined && !this.#closed; write = this.#writes[0]) {
        await write.run();
        this.#writes.shift();
        write.done();
      }
    } catch (error) {
      this.#onError(error);
      this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
        this.#cancelRetry = null;
        void this.#drain();
      });
    } finally {
      this.#running = false;
    }
  }
}
