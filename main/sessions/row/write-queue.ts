import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';

interface Write {
  readonly run: () => Promise<void>;
  readonly done: () => void;
}

const RETRY_MS = 1_000;

/**
 * Writes to the database in order, kept and repeated while the database is away: what happened to a session must not be lost,
 * and nothing that ends a session may wait for it.
 */
export class WriteQueue {
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #writes: Write[] = [];
  #running = false;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  /** @param onWritten called after each write: what was read before it is out of date */
  constructor(clock: Clock, onWritten: () => void, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onWritten = onWritten;
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

  /** Tries what waits now. @returns whether everything is written within `deadlineMs` */
  async flush(deadlineMs: number): Promise<boolean> {
    this.wake();
    if (this.#writes.length === 0) return true;
    const written = this.enqueue(() => Promise.resolve()).then(() => true);
    return (await withDeadline(this.#clock, deadlineMs, written)) ?? false;
  }

  /** Waits for what is queued, at most `deadlineMs`; then gives up, and says so. */
  async close(deadlineMs: number): Promise<void> {
    await this.flush(deadlineMs);
    this.#closed = true;
    this.#cancelRetry?.();
    const lost = this.#writes.length;
    if (lost > 0) this.#onError(new Error(`${lost} writes were given up: the database did not answer within ${deadlineMs} ms`));
  }

  async #drain(): Promise<void> {
    if (this.#running || this.#closed || this.#cancelRetry !== null) return;
    this.#running = true;
    try {
      for (let write = this.#writes[0]; write !== undefined && !this.#closed; write = this.#writes[0]) {
        await write.run();
        this.#writes.shift();
        this.#onWritten();
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
