import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../base/errors.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import { isPassing } from '../base/sqlstate.ts';
import type { AuditEntry, AuditRow } from '../contracts/audit.ts';
import type { RefusedWrite, RefusedWrites } from '../contracts/refused.ts';
import { AuditSpool, type RefusedEntry, type SpooledEntry } from './audit-spool.ts';
import { type Database, DatabaseAway } from './database.ts';

/** A disk that has not answered by then is not waited for: the database may take the next entry. */
const DISK_WITHIN_MS = 1_000;

const rowSchema = z.object({
  id: z.string().transform(Number),
  at: z.date(),
  actor: z.string(),
  source: z.enum(['desktop', 'browser', 'api', 'sql', 'system']),
  from: z.string(),
  operation: z.string(),
  provider: z.string().nullable(),
  reason: z.string().nullable(),
  result: z.string(),
  detail: z.string().nullable(),
});

/**
 * The audit table, with a spool on disk beside it, which is written while the database is asked: one of them has the entry. When the database is
 * away `write` rejects, and the caller writes the same entry again until it resolves. What a crash leaves in the spool is written before the first
 * entry of the next console.
 */
export class AuditLog {
  readonly #database: Database;
  readonly #spool: AuditSpool;
  /** Entries that are in the spool and not known to be in the table, by the object that the caller holds. */
  readonly #unwritten = new Map<AuditEntry, string>();
  #leftovers: readonly SpooledEntry[];
  /** Entries that only the spool has. */
  #released = 0;
  /** How many the database has refused for good. */
  #refused: number;
  readonly #turns = new SerialQueue();

  /** @param spoolFile  under the data folder */
  constructor(database: Database, spoolFile: string) {
    this.#database = database;
    this.#spool = new AuditSpool(spoolFile);
    this.#leftovers = this.#spool.read();
    this.#refused = this.#spool.refused().length;
  }

  /** Entries that wait for the database. */
  get waiting(): number {
    return this.#unwritten.size + this.#leftovers.length + this.#released;
  }

  /**
   * Rejects with what may pass (see base/sqlstate) when the database does not take it now; the entry is then in the spool, and the same object is
   * to be written again. Rejects with anything else when the database will not take it, and it is among the refused. A disk that refuses the spool costs nothing while the database takes the entry; where both refuse, the error names both.
   */
  write(entry: AuditEntry): Promise<void> {
    const id = this.#unwritten.get(entry) ?? randomUUID();
    const spooled = { id, entry };
    const onDisk = this.#unwritten.has(entry) ? null : this.#spooled(spooled);
    this.#unwritten.set(entry, id);
    return this.#turns.run(async () => {
      await this.#insertLeftovers();
      try {
        await this.#insert(spooled);
      } catch (error) {
        if (!isPassing(error)) throw error;
        const refusal = await onDisk;
        if (refusal === null) throw error;
        throw new DatabaseAway(`${messageOf(error)}; and it is in memory only: ${refusal}`, { cause: error });
      } finally {
        this.#clearSpool();
      }
    });
  }

  /** The caller does not hold an entry any more whose `write` has rejected: the spool does, and it is written from there. */
  release(entry: AuditEntry): void {
    if (this.#unwritten.delete(entry)) this.#released += 1;
  }

  /** Newest first; provider null: of all LPs. */
  async list(provider: string | null, limit: number): Promise<readonly AuditRow[]> {
    const rows = await this.#database.query(
      `SELECT id, at, actor, source, "from", operation, provider, reason, result, detail FROM vfxlp_audit
        WHERE $1::text IS NULL OR provider = $1 ORDER BY id DESC LIMIT $2`,
      [provider, limit],
    );
    return rows.map((row) => {
      const { at, ...rest } = rowSchema.parse(row);
      return { ...rest, atMs: at.getTime() };
    });
  }

  /** What the database has refused for good, also in earlier consoles on this data folder. */
  readonly refusedWrites: RefusedWrites = {
    count: () => this.#refused,
    list: async () => this.#spool.refused().map(refusedWrite),
    retry: () => this.#turns.run(() => this.#retryRefused()),
    discard: (ids) => this.#turns.run(() => this.#forgetRefused(ids)),
  };

  async #retryRefused(): Promise<void> {
    const written = new Set<string>();
    try {
      for (const { id, entry } of this.#spool.refused()) {
        try {
          await this.#insertRow({ id, entry });
          written.add(id);
        } catch (error) {
          if (isPassing(error)) throw error;
        }
      }
    } finally {
      await this.#forgetRefused(written);
    }
  }

  async #forgetRefused(ids: ReadonlySet<string>): Promise<void> {
    const refused = this.#spool.refused();
    const left = refused.filter(({ id }) => !ids.has(id)).length;
    if (left < refused.length) await this.#spool.forgetRefused(ids);
    this.#refused = left;
  }

  /** Writes what an earlier console left; to be called once the database is there. */
  flush(): Promise<void> {
    return this.#turns.run(async () => {
      await this.#insertLeftovers();
      this.#clearSpool();
    });
  }

  /** @returns null when the entry is on the disk, else why it is not. Never rejects, and takes a second at most. */
  #spooled(entry: SpooledEntry): Promise<string | null> {
    const appended = this.#spool.append(entry).then(() => null, messageOf);
    return Promise.race([appended, pause(DISK_WITHIN_MS, 'the disk does not answer', { ref: false })]);
  }

  async #insertLeftovers(): Promise<void> {
    if (this.#released > 0) {
      // All that the spool has, in its order: a row that is in the table already is not written twice.
      await this.#spool.written();
      this.#leftovers = this.#spool.read();
      this.#released = 0;
    }
    for (const spooled of this.#leftovers) {
      try {
        await this.#insert(spooled);
      } catch (error) {
        if (isPassing(error)) throw error;
        // It is in the file of the rejected, and must not hold up what came after it.
      }
      this.#leftovers = this.#leftovers.slice(1);
    }
  }

  /** Rejects with what may pass, and the entry waits; or because the database will not take it, and it is put aside. */
  async #insert(spooled: SpooledEntry): Promise<void> {
    try {
      await this.#insertRow(spooled);
    } catch (error) {
      if (isPassing(error)) throw error;
      await this.#spool.reject({ ...spooled, why: messageOf(error) });
      this.#refused += 1;
      this.#unwritten.delete(spooled.entry);
      throw error;
    }
    this.#unwritten.delete(spooled.entry);
  }

  async #insertRow({ id, entry }: SpooledEntry): Promise<void> {
    await this.#database.query(
      `INSERT INTO vfxlp_audit (entry_id, at, actor, source, "from", operation, provider, reason, result, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (entry_id) DO NOTHING`,
      [
        id,
        new Date(entry.atMs),
        entry.actor,
        entry.source,
        entry.from,
        entry.operation,
        entry.provider,
        entry.reason,
        entry.result,
        entry.detail,
      ],
    );
  }

  #clearSpool(): void {
    // What a disk that refuses keeps is in the table already, and is not written twice.
    if (this.waiting === 0) this.#spool.clear().catch(() => undefined);
  }
}

const refusedWrite = ({ id, entry, why }: RefusedEntry): RefusedWrite => ({
  id,
  of: 'audit',
  provider: entry.provider,
  atMs: entry.atMs,
  what: `the audit row of ${entry.operation} by ${entry.actor}`,
  why,
  current: true,
  content: JSON.stringify(entry),
});
