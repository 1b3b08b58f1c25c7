import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';

interface Entry<W> {
  /** Null: nothing is written; it is there to be waited for. */
  readonly write: W | null;
  readonly done: () => void;
}

const RETRY_MS = 1_000;

/**
 * Writes to the database in order, kept and repeated while the database is away: what happened to a session must not be lost,
 * and nothing that ends a session may wait for it.
 */
export class WriteQueue<W> {
  readonly #clock: Clock;
  readonly #perform: (write: W) => Promise<void>;
  readonly #onWritten: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #writes: Entry<W>[] = [];
  #running = false;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  /**
   * @param perform makes one write; it is repeated until it does not reject
   * @param onWritten called after each write: what was read before it is out of date
   */
  constructor(clock: Clock, perform: (write: W) => Promise<void>, onWritten: () => void, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#perform = perform;
    this.#onWritten = onWritten;
    this.#onError = onError;
  }

  get waiting(): number {
    return this.#writes.length;
  }

  /** The last write failed, and waits to be tried again. */
  get failing(): boolean {
    return this.#cancelRetry !== null;
  }

  /** @returns resolves when the write is committed; never rejects, it is repeated until it is. */
  enqueue(write: W): Promise<void> {
    return this.#append(write);
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
    const written = this.#append(null).then(() => true);
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

  #append(write: W | null): Promise<void> {
    return new Promise((resolve) => {
      this.#writes.push({ write, done: resolve });
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    if (this.#running || this.#closed || this.#cancelRetry !== null) return;
    this.#running = true;
    try {
      for (let next = this.#writes[0]; next !== undefined && !this.#closed; next = this.#writes[0]) {
        if (next.write !== null) await this.#perform(next.write);
        this.#writes.shift();
        this.#onWritten();
        next.done();
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
