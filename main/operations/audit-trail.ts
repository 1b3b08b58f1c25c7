import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { messageOf } from '../base/errors.ts';
import { isPassing } from '../base/sqlstate.ts';
import type { Actor, AuditEntry, AuditRow } from '../contracts/audit.ts';
import { boundTexts } from '../contracts/bounded.ts';
import type { OperationName } from './authority.ts';
import { plainText } from './plain-text.ts';
import type { AuditLog, Log } from './ports.ts';

/** What is asked for, as it stands in the audit row. */
export interface Asked {
  readonly operation: OperationName;
  readonly provider: string | null;
  readonly reason: string | null;
}

/** Characters. */
export const MAX_REASON = 200;

/** The name that was proven, and beside it the one that was claimed: no name of a token has a space, so that nobody can claim the first. */
export function actorText({ name, claimed }: Actor): string {
  const plain = plainText(claimed ?? '');
  return plain === '' || plain === name ? plainText(name) : `${plainText(name)} (for ${plain})`;
}

/** Who, what, when and from where of an audit row; a reason that was too long is cut. */
export function auditHead(actor: Actor, asked: Asked, atMs: number): Omit<AuditEntry, 'result' | 'detail'> {
  return {
    atMs,
    actor: actorText(actor),
    source: actor.source,
    from: actor.from,
    operation: asked.operation,
    provider: asked.provider,
    reason: asked.reason === null ? null : plainText(asked.reason).slice(0, MAX_REASON),
  };
}

const RETRY_MS = 2_000;
/** How long an answer to the operator waits for its audit row. */
const ANSWER_WAIT_MS = 1_000;
const CLOSE_WAIT_MS = 2_000;
/** What is held in memory while the database is away; the audit's spool has the rest. */
const MAX_HELD = 2_000;
const MAX_HELD_BYTES = 4 * 1024 * 1024;

interface Pending {
  readonly entry: AuditEntry;
  /** Hears of every attempt: null when the row is written, else why it is not (yet). */
  readonly onOutcome: (error: string | null) => void;
}

/** Hands audit rows to the log in the order in which things were done, and again as long as the database is away. */
export class AuditTrail {
  readonly #log: AuditLog;
  readonly #clock: Clock;
  readonly #report: Log;
  /** Attempts under way, and the row that each is about. */
  readonly #attempts = new Map<Promise<void>, AuditEntry>();
  /** Rows to try again, oldest first. */
  #waiting: Pending[] = [];
  #waitingBytes = 0;
  /** Rows that are left to the spool since the database is away. */
  #released = 0;
  #cancelRetry: (() => void) | null = null;
  #closed = false;

  constructor(log: AuditLog, clock: Clock, report: Log) {
    this.#log = log;
    this.#clock = clock;
    this.#report = report;
  }

  /** Returns at once. `onOutcome` is called after each attempt: with an error while the row is not written, once with null when it is. */
  write(entry: AuditEntry, onOutcome: (error: string | null) => void): void {
    // What waits goes first: the table's order is the order of the deeds.
    this.#retry();
    this.#attempt({ entry: boundTexts(entry), onOutcome });
  }

  /** As `write`; resolves after the first attempt, or after one second: no answer hangs on a database that does. */
  written(entry: AuditEntry): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ANSWER_WAIT_MS, resolve);
      this.write(entry, () => {
        cancel();
        resolve();
      });
    });
  }

  /** Newest first; provider null: of all LPs. Rejects when the database is away. */
  list(provider: string | null, limit: number): Promise<readonly AuditRow[]> {
    return this.#log.list(provider, limit);
  }

  /** One last attempt for what waits; resolves within two seconds. What is still not written is named in the log. */
  async close(): Promise<void> {
    this.#retry();
    this.#closed = true;
    await withDeadline(this.#clock, CLOSE_WAIT_MS, Promise.all(this.#attempts.keys()));
    const left = [...this.#attempts.values(), ...this.#waiting.map((pending) => pending.entry)];
    for (const audit of left) this.#report.error({ audit }, 'Audit row not in the database at shutdown');
  }

  #retry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const pending of waiting) this.#attempt(pending);
  }

  #attempt(pending: Pending): void {
    const attempt = this.#try(pending)
      .catch((error: unknown) =>
        this.#report.error({ err: error, audit: pending.entry }, 'The outcome of an audit row was not taken'),
      )
      .finally(() => this.#attempts.delete(attempt));
    this.#attempts.set(attempt, pending.entry);
  }

  async #try(pending: Pending): Promise<void> {
    let problem: string | null = null;
    try {
      await this.#log.write(pending.entry);
    } catch (error) {
      const waits = isPassing(error);
      this.#report.error({ audit: pending.entry, err: error }, waits ? 'Audit row waits for the database' : 'Audit row refused');
      if (waits) this.#waitFor(pending);
      problem = messageOf(error);
    }
    pending.onOutcome(problem);
  }

  #waitFor(pending: Pending): void {
    const bytes = JSON.stringify(pending.entry).length;
    if (this.#waiting.length >= MAX_HELD || this.#waitingBytes + bytes > MAX_HELD_BYTES) {
      this.#log.release(pending.entry);
      this.#released += 1;
      this.#report.warn({ released: this.#released }, 'Too many audit rows wait for the database; they are in its spool only');
      return;
    }
    this.#waiting.push(pending);
    this.#waitingBytes += bytes;
    if (this.#closed || this.#cancelRetry !== null) return;
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => this.#retry());
  }
}
