import type { AuditEntry, AuditRow } from '../contracts/audit.ts';
import type { Clock } from '../contracts/clock.ts';
import { isOutage } from './failures.ts';
import type { AuditLog, Log } from './ports.ts';

const RETRY_MS = 2_000;
/** How long an answer to the operator waits for its audit row. */
const ANSWER_WAIT_MS = 1_000;
const CLOSE_WAIT_MS = 2_000;
/** Entries kept while the database is away; each is in the log as well. */
const MAX_WAITING = 10_000;

interface Waiting {
  readonly entry: AuditEntry;
  /** Hears of every attempt: null when the row is written, else why it is not (yet). */
  readonly onOutcome: (error: string | null) => void;
}

/** Writes audit rows in the order in which things were done; rows that the database cannot take now are kept and retried. */
export class AuditTrail {
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #report: Log;
  readonly #waiting: Waiting[] = [];
  #pumping: Promise<void> | null = null;
  #cancelRetry: (() => void) | null = null;

  constructor(log: AuditLog, clock: Clock, report: Log) {
    this.#log = log;
    this.#clock = clock;
    this.#report = report;
  }

  /** Returns at once. `onOutcome` is called after each attempt: with an error while the row is not written, once with null when it is. */
  write(entry: AuditEntry, onOutcome: (error: string | null) => void): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#report.error({ audit: entry }, 'Audit row not written: too many are waiting for the database');
      onOutcome('too many audit rows are waiting for the database');
      return;
    }
    this.#waiting.push({ entry, onOutcome });
    this.#pump();
  }

  /** As `write`; resolves after the first attempt, or after one second: an answer never hangs on a database that does not. */
  written(entry: AuditEntry): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ANSWER_WAIT_MS, resolve);
      this.write(entry, () => {
        cancel();
        resolve();
      });
    });
  }

  list(provider: string | null, limit: number): Promise<readonly AuditRow[]> {
    return this.#log.list(provider, limit);
  }

  /** One last attempt for what waits; what still cannot be written is in the log. Resolves within two seconds. */
  async close(): Promise<void> {
    this.#stopRetrying();
    let cancelDeadline = (): void => undefined;
    const deadline = new Promise<void>((resolve) => {
      cancelDeadline = this.#clock.after(CLOSE_WAIT_MS, resolve);
    });
    await Promise.race([this.#drain(), deadline]);
    cancelDeadline();
    this.#stopRetrying();
    for (const { entry } of this.#waiting) this.#report.error({ audit: entry }, 'Audit row not written before shutdown');
  }

  #stopRetrying(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  async #drain(): Promise<void> {
    await this.#pumping;
    this.#pump();
    await this.#pumping;
  }

  #pump(): void {
    if (this.#pumping !== null || this.#cancelRetry !== null) return;
    this.#pumping = this.#writeAll().finally(() => {
      this.#pumping = null;
    });
  }

  async #writeAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      try {
        await this.#log.write(next.entry);
        this.#waiting.shift();
        next.onOutcome(null);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const retry = isOutage(error);
        this.#report.error({ audit: next.entry, err: error }, retry ? 'Audit row waits for the database' : 'Audit row refused');
        // A row that the database refuses would hold up all that follow it.
        if (!retry) this.#waiting.shift();
        next.onOutcome(message);
        if (!retry) continue;
        this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
          this.#cancelRetry = null;
          this.#pump();
        });
        return;
      }
    }
  }
}
