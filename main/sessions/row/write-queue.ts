import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { withDeadline } from '../../base/deadline.ts';
import { messageOf } from '../../base/errors.ts';
import { isPassing } from '../../base/sqlstate.ts';

interface Entry<W> {
  /** Null: nothing is written; it is there to be waited for. */
  readonly write: W | null;
  readonly done: () => void;
}

/** A write that was refused for good. */
export interface SetAside<W> {
  readonly id: string;
  readonly write: W;
  readonly why: string;
  readonly atMs: number;
  /** What of it is still to be written; null: something later has taken its place. */
  readonly left: W | null;
}

export interface QueuePort<W> {
  /** Makes one write; it is repeated as long as what keeps it from being made may pass. */
  readonly perform: (write: W) => Promise<void>;
  /** Called after each write: what was read before it is out of date. */
  readonly written: () => void;
  readonly error: (error: unknown) => void;
  /** It was refused for good. */
  readonly refused: (write: W, why: string) => void;
  /** What is left to be written of an earlier write when a later one is. */
  readonly left: (earlier: W, later: W) => W | null;
}

const RETRY_MS = 1_000;
const MAX_ASIDE = 100;

/**
 * Writes to the database in order, kept and repeated while the database is away: what happened to a session must not be lost,
 * and nothing that ends a session may wait for it. What the database refuses for good is set aside, and those behind it go on.
 */
export class WriteQueue<W> {
  readonly #clock: Clock;
  readonly #port: QueuePort<W>;
  readonly #writes: Entry<W>[] = [];
  #aside: readonly (SetAside<W> & Pick<Entry<W>, 'done'>)[] = [];
  #running = false;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(clock: Clock, port: QueuePort<W>) {
    this.#clock = clock;
    this.#port = port;
  }

  get waiting(): number {
    return this.#writes.length;
  }

  /** The last write failed, and waits to be tried again. */
  get failing(): boolean {
    return this.#cancelRetry !== null;
  }

  /** Oldest first. */
  get aside(): readonly SetAside<W>[] {
    return this.#aside;
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

  /** Tries what was refused once more, before what waits: but for what something that waits takes the place of. */
  retryAside(): void {
    for (const { write } of this.#writes) if (write !== null) this.#supersede(write);
    const again = this.#aside.filter(({ left }) => left !== null);
    this.#aside = this.#aside.filter(({ left }) => left === null);
    this.#writes.unshift(...again.map(({ left, done }) => ({ write: left, done })));
    this.wake();
  }

  /** Those that are named are not kept any more, and never written. */
  discardAside(ids: ReadonlySet<string>): void {
    this.#aside = this.#aside.filter(({ id }) => !ids.has(id));
  }

  /** Tries what waits now. @returns whether everything is written, or refused, within `deadlineMs` */
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
    if (lost > 0)
      this.#port.error(new Error(`${lost} writes were given up: the database did not answer within ${deadlineMs} ms`));
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
        const { write } = next;
        const refusal = write === null ? null : await this.#try(write);
        this.#writes.splice(this.#writes.indexOf(next), 1);
        if (write !== null && refusal !== null) {
          this.#setAside({ id: randomUUID(), write, why: refusal, atMs: this.#clock.nowMs(), left: write, done: next.done });
          continue;
        }
        if (write !== null) this.#supersede(write);
        this.#port.written();
        next.done();
      }
    } catch (error) {
      this.#port.error(error);
      this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
        this.#cancelRetry = null;
        void this.#drain();
      });
    } finally {
      this.#running = false;
    }
  }

  /** @returns null when it is written, else why it was refused for good. Rejects with what may pass */
  async #try(write: W): Promise<string | null> {
    try {
      await this.#port.perform(write);
      return null;
    } catch (error) {
      if (isPassing(error)) throw error;
      this.#port.error(error);
      return messageOf(error);
    }
  }

  #setAside(refused: SetAside<W> & Pick<Entry<W>, 'done'>): void {
    this.#supersede(refused.write);
    this.#aside = [...this.#aside, refused].slice(-MAX_ASIDE);
    this.#port.refused(refused.write, refused.why);
  }

  #supersede(later: W): void {
    this.#aside = this.#aside.map((one) => (one.left === null ? one : { ...one, left: this.#port.left(one.left, later) }));
  }
}
