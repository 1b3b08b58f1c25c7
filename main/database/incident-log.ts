import type { Clock } from '../base/clock.ts';
import { withDeadline } from '../base/deadline.ts';
import { SerialQueue } from '../base/serial-queue.ts';
import { storableJson } from '../base/storable.ts';
import { type IncidentList, type IncidentSummary, type StoredIncident, summaryOf } from '../contracts/stored-incident.ts';
import { type Database, DatabaseAway } from './database.ts';
import type { IncidentSpool } from './incident-spool.ts';

/** What changes meanwhile is one write: a kill of many LPs has a step every millisecond. */
const PACE_MS = 250;
const RETRY_MS = 2_000;
/** Incidents that wait for the table; of more than these the disk alone knows, until the next start. */
const MAX_WAITING = 200;
const CLOSE_WAIT_MS = 2_000;

type Place = 'disk' | 'table';

interface Waiting {
  stored: StoredIncident;
  /** Counts what was saved; each place has what it has written last. */
  version: number;
  disk: number;
  table: number;
}

/**
 * The incidents: on this disk at once, in the table as soon as the database takes them, where they outlive this console and its disk. What is not
 * settled stays on the disk too, and so a console that dies meanwhile leaves it behind.
 */
export class IncidentLog {
  readonly #database: Database;
  readonly #spool: IncidentSpool;
  readonly #clock: Clock;
  readonly #onError: (error: unknown, what: string) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #turns = { disk: new SerialQueue(), table: new SerialQueue() };
  readonly #busy = new Set<Place>();
  readonly #cancel = new Map<Place, () => void>();
  #closed = false;

  /** @param onError hears what could not be written, and where; it is tried again */
  constructor(database: Database, spool: IncidentSpool, clock: Clock, onError: (error: unknown, what: string) => void) {
    this.#database = database;
    this.#spool = spool;
    this.#clock = clock;
    this.#onError = onError;
    for (const stored of spool.read((path, error) => onError(error, `${path} cannot be read`))) this.save(stored);
  }

  /** Returns at once; a kill waits for nothing. */
  save(stored: StoredIncident): void {
    const key = keyOf(stored);
    const known = this.#waiting.get(key);
    if (known === undefined) this.#waiting.set(key, { stored, version: 1, disk: 0, table: 0 });
    else {
      known.stored = stored;
      known.version += 1;
    }
    this.#work('disk');
    this.#work('table');
  }

  /** Newest first. Rejects when the database refuses; while it is away, only what waits for it is there. */
  async list(limit: number): Promise<IncidentList> {
    const own = [...this.#waiting.values()].map(({ stored }) => summaryOf(stored));
    try {
      const rows = await this.#database.query('SELECT summary FROM vfxlp_incidents ORDER BY started_at DESC LIMIT $1', [limit]);
      const stored = rows.map((row) => row['summary'] as IncidentSummary);
      const others = stored.filter((one) => !own.some(({ id, console }) => id === one.id && console === one.console));
      return { complete: true, incidents: newestFirst([...own, ...others], limit) };
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      return { complete: false, incidents: newestFirst(own, limit) };
    }
  }

  /** Each console's part; none when there is no such incident. Rejects when the database refuses, or is away and this console has nothing of it. */
  async get(id: string): Promise<readonly StoredIncident[]> {
    const own = [...this.#waiting.values()].flatMap(({ stored }) => (stored.incident.id === id ? [stored] : []));
    try {
      const rows = await this.#database.query('SELECT record FROM vfxlp_incidents WHERE incident_id = $1 ORDER BY console', [id]);
      const stored = rows.map((row) => row['record'] as StoredIncident);
      return [...own, ...stored.filter((one) => !own.some(({ console }) => console === one.console))];
    } catch (error) {
      if (own.length === 0 || !(error instanceof DatabaseAway)) throw error;
      return own;
    }
  }

  /** One last attempt, two seconds at most: what the table does not take is on the disk, for the next start. */
  async close(): Promise<void> {
    for (const cancel of this.#cancel.values()) cancel();
    this.#closed = true;
    await withDeadline(this.#clock, CLOSE_WAIT_MS, Promise.all([this.#write('disk'), this.#write('table')]));
  }

  #work(where: Place): void {
    if (this.#closed || this.#busy.has(where) || this.#cancel.has(where)) return;
    this.#busy.add(where);
    void this.#write(where).then((afterMs) => {
      this.#busy.delete(where);
      if (afterMs === null || this.#closed) return;
      const cancel = this.#clock.after(afterMs, () => {
        this.#cancel.delete(where);
        this.#work(where);
      });
      this.#cancel.set(where, cancel);
    });
  }

  /** Writes what has changed. @returns when to look again, ms from now; null: there was nothing. Never rejects. */
  #write(where: Place): Promise<number | null> {
    return this.#turns[where].run(async () => {
      let again: number | null = null;
      for (const [key, one] of [...this.#waiting]) {
        // What is settled and in the table needs no place on the disk.
        if (one[where] === one.version || this.#waiting.get(key) !== one) continue;
        const { version, stored } = one;
        again ??= PACE_MS;
        try {
          await (where === 'disk' ? this.#spool.write(stored) : this.#insert(stored));
          one[where] = version;
          if (where === 'table') this.#done(key, one);
        } catch (error) {
          this.#onError(error, `A kill is not ${where === 'disk' ? 'on the disk' : 'in the database'} yet; it is tried again`);
          again = RETRY_MS;
          if (error instanceof DatabaseAway) break;
        }
      }
      this.#bound();
      return again;
    });
  }

  async #insert(stored: StoredIncident): Promise<void> {
    const { incident, console } = stored;
    await this.#database.query(
      `INSERT INTO vfxlp_incidents (incident_id, console, started_at, summary, record) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (incident_id, console) DO UPDATE SET summary = excluded.summary, record = excluded.record`,
      [incident.id, console, new Date(incident.startedAtMs), storableJson(summaryOf(stored)), storableJson(stored)],
    );
  }

  /** Settled, and in the table as it is: the disk has nothing to add. */
  #done(key: string, one: Waiting): void {
    if (one.table !== one.version || one.stored.incident.lps.some(({ outcome }) => outcome === 'running')) return;
    this.#waiting.delete(key);
    this.#spool.remove(one.stored).catch((error: unknown) => this.#onError(error, 'The file of a kill cannot be removed'));
  }

  #bound(): void {
    for (const [key, one] of this.#waiting) {
      if (this.#waiting.size <= MAX_WAITING) return;
      if (one.disk === one.version) this.#waiting.delete(key);
    }
  }
}

const keyOf = ({ console, incident }: StoredIncident): string => `${incident.id} ${console}`;

const newestFirst = (summaries: readonly IncidentSummary[], limit: number): readonly IncidentSummary[] =>
  summaries.toSorted((a, b) => b.startedAtMs - a.startedAtMs).slice(0, limit);
